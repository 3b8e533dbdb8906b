#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_text.h"
#include "clients/cli/position_file.h"
#include "clients/cli/signals.h"
#include "clients/cli/text_values.h"
#include "clients/cli/watch_table.h"
#include "clients/cpp/subscriber.h"

namespace commonwatch::cli {
namespace {

constexpr Milliseconds kRedraw{250};
constexpr Milliseconds kPositionPause{1000};

// The screen belongs to the table while this lives.
class Screen {
 public:
  Screen(Terminal& terminal, TableStyle style) : terminal_(terminal), style_(style) {
    terminal_.data("\x1b[?1049h\x1b[?25l\x1b[2J");
  }
  ~Screen() {
    try {
      terminal_.data("\x1b[?25h\x1b[?1049l");
    } catch (const std::exception&) {
      // The terminal is gone; nothing is left to restore.
    }
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void draw(const client::HotspotState& state, const client::LinkStatus& link) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    terminal_.data(draw_table(state, link, style_, now));
  }

 private:
  Terminal& terminal_;
  const TableStyle style_;
};

// One run of the command: what it counts and keeps between two messages.
class Watch {
 public:
  Watch(const GlobalOptions& global, const WatchOptions& options, Terminal& terminal)
      : options_(options),
        terminal_(terminal),
        draws_(!terminal.json() && terminal.stdout_is_terminal()),
        style_{options.top, options.min_severity, terminal.color()},
        subscriber_(make_options(global), make_listener()) {}

  int run() {
    const StopOnSignal stop([this] { subscriber_.stop(); });
    if (draws_) screen_.emplace(terminal_, style_);
    if (draws_) redraw();
    if (options_.duration.count() > 0) {
      subscriber_.call_after(options_.duration, [this] { subscriber_.stop(); });
    }
    const auto ended = subscriber_.run();
    screen_.reset();
    save_position();
    if (ended.kind == client::FaultKind::kStopped) return shown_ > 0 ? kDone : kUnreachable;
    terminal_.complain(ended.message);
    return exit_code_of(ended);
  }

 private:
  client::SubscriberOptions make_options(const GlobalOptions& global) {
    client::SubscriberOptions made;
    made.connect = make_connect_options(global);
    made.area = make_area(options_.area);
    // A table needs the whole state; only a stream of messages can begin in the middle.
    if (!options_.resume.empty() && !draws_) made.resume = read_position(options_.resume);
    return made;
  }

  client::SubscriberListener make_listener() {
    client::SubscriberListener listener;
    listener.on_message = [this](const auto& received, const auto&) { show(received); };
    listener.on_gap = [this](const std::string& reason) { terminal_.say(reason); };
    listener.on_link = [this, say = terminal_.link_listener()](const client::LinkStatus& status) {
      link_ = status;
      if (!draws_) say(status);
    };
    return listener;
  }

  void show(const client::ReceivedMessage& received) {
    if (!draws_) terminal_.line(json_line(received.message));
    if (received.message.has_progress()) {
      const auto now = std::chrono::steady_clock::now();
      if (now - saved_at_ >= kPositionPause) {
        saved_at_ = now;
        save_position();
      }
    }
    ++shown_;
    if (options_.count > 0 && shown_ >= options_.count) subscriber_.stop();
  }

  void redraw() {
    screen_->draw(subscriber_.state(), link_);
    subscriber_.call_after(kRedraw, [this] {
      if (screen_) redraw();
    });
  }

  void save_position() {
    const auto& position = subscriber_.state().position();
    if (!options_.resume.empty() && !draws_ && position) write_position(options_.resume, *position);
  }

  const WatchOptions& options_;
  Terminal& terminal_;
  const bool draws_;
  const TableStyle style_;
  client::LinkStatus link_;
  std::optional<Screen> screen_;
  std::uint64_t shown_ = 0;
  std::chrono::steady_clock::time_point saved_at_{};
  client::Subscriber subscriber_;
};

}  // namespace

int watch(const GlobalOptions& global, const WatchOptions& options, Terminal& terminal) {
  return Watch(global, options, terminal).run();
}

}  // namespace commonwatch::cli
