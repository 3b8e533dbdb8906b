#include "clients/cli/commands.h"
#include "clients/cli/event_text.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_text.h"
#include "clients/cli/sha256.h"
#include "clients/cli/signals.h"
#include "clients/cli/text_values.h"
#include "clients/cli/whole_file.h"
#include "clients/cpp/replayer.h"

namespace commonwatch::cli {
namespace {

// Where the rows go: a file that appears when it is whole, or standard output.
class Rows {
 public:
  Rows(ExportFormat format, const std::string& output, Terminal& terminal)
      : format_(format), terminal_(terminal) {
    if (output != "-") file_.emplace(output);
    if (format_ == ExportFormat::kCsv) write(csv_head() + "\r\n");
    if (format_ == ExportFormat::kGeojson) write("{\"type\":\"FeatureCollection\",\"features\":[");
  }

  void add(const v1::ReplayedEvent& replayed) {
    switch (format_) {
      case ExportFormat::kNdjson:
        buffer_ += json_line(replayed) + "\n";
        break;
      case ExportFormat::kCsv:
        buffer_ += csv_row(replayed) + "\r\n";
        break;
      case ExportFormat::kGeojson:
        buffer_ += (count_ > 0 ? ",\n" : "\n") + geojson_feature(replayed);
        break;
    }
    ++count_;
  }
  void flush() {
    write(buffer_);
    buffer_.clear();
  }
  // Everything is there and verified.
  void commit() {
    if (format_ == ExportFormat::kGeojson) write("\n]}\n");
    if (file_) file_->commit();
  }

  std::uint64_t count() const { return count_; }
  std::string sha256() { return hash_.hex(); }

 private:
  void write(const std::string& bytes) {
    hash_.add(bytes);
    if (file_) {
      file_->write(bytes);
    } else {
      terminal_.data(bytes);
    }
  }

  const ExportFormat format_;
  Terminal& terminal_;
  std::optional<WholeFile> file_;
  std::string buffer_;
  std::uint64_t count_ = 0;
  Sha256 hash_;
};

v1::Replay make_request(const ExportOptions& options) {
  v1::Replay request;
  request.set_mode(v1::REPLAY_MODE_EVENTS);
  request.set_knowledge(v1::KNOWLEDGE_NOW);
  if (options.from) *request.mutable_from_occurred() = to_timestamp(*options.from);
  if (options.to) *request.mutable_to_occurred() = to_timestamp(*options.to);
  for (const auto& source : options.sources) {
    require_source_name(source);
    request.mutable_filter()->add_sources(source);
  }
  *request.mutable_filter()->mutable_area() = make_area(options.area);
  return request;
}

}  // namespace

int export_records(const GlobalOptions& global, const ExportOptions& options, Terminal& terminal) {
  client::ReplayerOptions made;
  made.connect = make_connect_options(global);
  made.request = make_request(options);
  Rows rows(options.format, options.output, terminal);
  client::ReplayerListener listener;
  listener.on_link = terminal.link_listener();
  listener.on_message = [&](const client::ReceivedMessage& received) {
    for (const auto& replayed : received.message.replay_page().events()) rows.add(replayed);
    rows.flush();
    terminal.progress(std::to_string(rows.count()) + " rows");
  };
  client::Replayer replayer(made, listener);
  const StopOnSignal stop([&replayer] { replayer.stop(); });
  const auto summary = replayer.run();
  terminal.progress("");
  if (!summary) {
    if (summary.error().kind != client::FaultKind::kStopped) {
      terminal.complain(summary.error().message + "; nothing was exported");
    }
    return exit_code_of(summary.error());
  }
  rows.commit();
  const auto sha256 = rows.sha256();
  terminal.say(std::to_string(rows.count()) + " rows, sha256 " + sha256 +
               (options.output == "-" ? "" : ", in " + options.output));
  if (terminal.json() && options.output != "-") {
    terminal.line("{\"rows\":" + std::to_string(rows.count()) + ",\"sha256\":\"" + sha256 +
                  "\",\"file\":" + json_string(options.output) + "}");
  }
  return kDone;
}

}  // namespace commonwatch::cli
