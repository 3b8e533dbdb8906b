#include "clients/cli/publish_report.h"

#include "clients/cli/json_text.h"

namespace commonwatch::cli {
namespace {

constexpr std::uint64_t kToldMax = 20;

std::string with_field(const std::string& field) { return field.empty() ? "" : field + ": "; }

}  // namespace

PublishReport::PublishReport(Terminal& terminal, const std::filesystem::path& rejects)
    : terminal_(terminal) {
  if (rejects.empty()) return;
  rejects_.open(rejects, std::ios::app);
  if (!rejects_) throw InputError("--rejects " + rejects.string() + ": cannot be written");
}

void PublishReport::tell(const std::string& text) {
  if (terminal_.verbose() || told_ < kToldMax) terminal_.complain(text);
  if (++told_ == kToldMax && !terminal_.verbose()) {
    terminal_.complain("more are only counted; -v shows all, --rejects FILE keeps them");
  }
}

void PublishReport::record(const std::string& json) {
  if (!rejects_.is_open()) return;
  rejects_ << json << '\n';
  rejects_.flush();
}

void PublishReport::unreadable(const std::string& input, const ReadFault& fault) {
  const std::lock_guard lock(mutex_);
  ++unreadable_;
  const std::string origin = input + ":" + std::to_string(fault.line);
  tell(origin + ": " + with_field(fault.field) + fault.message);
  record("{\"origin\":" + json_string(origin) + ",\"field\":" + json_string(fault.field) +
         ",\"message\":" + json_string(fault.message) + "}");
}

void PublishReport::rejected(const client::RejectedEvent& event) {
  const std::lock_guard lock(mutex_);
  const std::string code = client::error_name(event.code);
  tell((event.origin.empty() ? "sequence " + std::to_string(event.sequence) : event.origin) +
       ": rejected: " + with_field(event.field) + event.message + " (" + code + ")");
  v1::Event decoded;
  const bool is_event = decoded.ParseFromString(event.payload);
  record("{\"origin\":" + json_string(event.origin) +
         ",\"sequence\":" + std::to_string(event.sequence) + ",\"code\":" + json_string(code) +
         ",\"field\":" + json_string(event.field) + ",\"message\":" + json_string(event.message) +
         (is_event ? ",\"event\":" + json_line(decoded) : "") + "}");
}

void PublishReport::progress(const client::PublisherCounts& counts) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_.shows_progress() || now - shown_at_ < std::chrono::milliseconds(500)) return;
  shown_at_ = now;
  const double seconds = std::chrono::duration<double>(now - started_at_).count();
  const auto rate = static_cast<double>(counts.appended) / std::max(seconds, 0.001);
  terminal_.progress(std::to_string(counts.appended) + " events  " +
                     std::to_string(static_cast<std::uint64_t>(rate)) + "/s  waiting " +
                     std::to_string(counts.pending) + "  rejected " +
                     std::to_string(counts.rejected));
}

void PublishReport::summary(const client::PublisherCounts& counts) {
  const std::lock_guard lock(mutex_);
  terminal_.progress("");
  std::string text = std::to_string(counts.appended) + " events read";
  if (counts.resumed > 0) text += ", " + std::to_string(counts.resumed) + " taken from the spool";
  text += ", " + std::to_string(counts.stored) + " stored, " + std::to_string(counts.repeated) +
          " repeated, " + std::to_string(counts.rejected) + " rejected, " +
          std::to_string(unreadable_) + " rows unreadable";
  if (filtered_ > 0) text += ", " + std::to_string(filtered_) + " filtered out";
  if (counts.pending > 0) text += ", " + std::to_string(counts.pending) + " wait in the spool";
  terminal_.say(text);
  if (!terminal_.json()) return;
  terminal_.line("{\"read\":" + std::to_string(counts.appended) + ",\"resumed\":" +
                 std::to_string(counts.resumed) + ",\"stored\":" + std::to_string(counts.stored) +
                 ",\"repeated\":" + std::to_string(counts.repeated) +
                 ",\"rejected\":" + std::to_string(counts.rejected) + ",\"unreadable\":" +
                 std::to_string(unreadable_) + ",\"filtered\":" + std::to_string(filtered_) +
                 ",\"pending\":" + std::to_string(counts.pending) + "}");
}

bool PublishReport::all_fine(const client::PublisherCounts& counts) const {
  const std::lock_guard lock(mutex_);
  return counts.rejected == 0 && unreadable_ == 0;
}

}  // namespace commonwatch::cli
