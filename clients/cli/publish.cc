#include <cstdlib>
#include <thread>

#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/publish_input.h"
#include "clients/cli/signals.h"

namespace commonwatch::cli {
namespace {

constexpr Milliseconds kRetryMax{300'000};
constexpr Milliseconds kFollowPause{250};

std::filesystem::path default_state_dir() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state != '\0') return std::filesystem::path(state) / "commonwatch";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    throw InputError("neither XDG_STATE_HOME nor HOME is set; give --state-dir DIR");
  }
  return std::filesystem::path(home) / ".local" / "state" / "commonwatch";
}

client::PublisherOptions make_options(const GlobalOptions& global, const PublishOptions& options) {
  client::PublisherOptions made;
  made.connect = make_connect_options(global);
  made.source = options.source;
  const auto state = options.state_dir.empty() ? default_state_dir() : options.state_dir;
  made.spool = state / made.connect.endpoint.authority() / options.source;
  made.batch_events_max = options.batch;
  made.retry_max = options.retry_max.value_or(options.follow ? Milliseconds(0) : kRetryMax);
  made.accept_loss = options.accept_loss;
  return made;
}

// Before anything is sent: what cannot be opened or mapped is said at once.
void require_readable(const PublishOptions& options) {
  if (options.follow && (options.inputs.size() != 1 || options.inputs.front() == "-")) {
    throw InputError("--follow needs exactly one INPUT, and a file");
  }
  for (const auto& path : options.inputs) {
    if (path != "-") open_reader({path, options.format, options.mapping, options.follow});
  }
}

client::Result<void> append_inputs(const PublishOptions& options, client::Publisher& publisher,
                                   PublishReport& report, Terminal& terminal) {
  const auto ended = [] { return signal_received() != 0; };
  for (const auto& path : options.inputs) {
    PublishInput input({path, options.format, options.mapping, options.follow}, options.from_start,
                       publisher, report, terminal);
    do {
      if (auto appended = input.append_all(options.rate, ended); !appended) return appended;
      report.progress(publisher.counts());
      if (options.follow && !ended() && !input.reopen_if_rotated()) {
        std::this_thread::sleep_for(kFollowPause);
      }
    } while (options.follow && !ended());
  }
  return publisher.sync();
}

// Everything acknowledged, with progress meanwhile.
client::Result<void> drain(client::Publisher& publisher, PublishReport& report) {
  for (;;) {
    auto drained = publisher.drain(Milliseconds(500));
    if (drained || !drained.error().retryable || publisher.ended()) return drained;
    report.progress(publisher.counts());
  }
}

}  // namespace

int publish(const GlobalOptions& global, const PublishOptions& options, Terminal& terminal) {
  require_source_name(options.source);
  require_readable(options);
  PublishReport report(terminal, options.rejects);
  client::PublisherListener listener;
  listener.on_link = terminal.link_listener();
  listener.on_rejected = [&report](const client::RejectedEvent& event) { report.rejected(event); };
  client::Publisher publisher(make_options(global, options), listener);
  if (publisher.spool().cut_bytes() > 0) {
    terminal.detail("the spool ended in an unfinished record, which was cut off");
  }
  const StopOnSignal stop([&publisher] {
    static_cast<void>(publisher.sync());
    publisher.stop();
  });

  std::optional<std::string> broken_input;
  client::Result<void> published;
  try {
    published = append_inputs(options, publisher, report, terminal);
  } catch (const InputError& error) {
    broken_input = error.what();
  }
  // An input that broke off takes nothing back of what was read before.
  if (published) published = drain(publisher, report);
  const auto counts = publisher.counts();
  report.summary(counts);
  if (broken_input) terminal.complain(*broken_input);
  if (!published && signal_received() == 0) {
    terminal.complain(published.error().message);
    return exit_code_of(published.error());
  }
  if (broken_input) return kBadInput;
  return report.all_fine(counts) ? kDone : kSomeRejected;
}

}  // namespace commonwatch::cli
