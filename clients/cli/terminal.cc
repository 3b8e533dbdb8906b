#include "clients/cli/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace commonwatch::cli {
namespace {

bool wants_color(const GlobalOptions& options) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  return !options.no_color && (no_color == nullptr || *no_color == '\0') && !dumb &&
         ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

Terminal::Terminal(const GlobalOptions& options, std::string command)
    : command_(std::move(command)),
      json_(options.json),
      quiet_(options.quiet),
      verbose_(options.verbose),
      stdout_is_terminal_(::isatty(STDOUT_FILENO) == 1),
      stderr_is_terminal_(::isatty(STDERR_FILENO) == 1),
      color_(wants_color(options)) {}

void Terminal::data(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) throw BrokenPipe();
    if (written < 0) {
      throw std::runtime_error(std::string("cannot write to standard output: ") +
                               std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Terminal::line(std::string_view text) {
  std::string whole(text);
  whole.push_back('\n');
  data(whole);
}

void Terminal::talk(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (progress_shown_) std::fputs("\r\x1b[K", stderr);
  progress_shown_ = false;
  std::fprintf(stderr, "commonwatch: %s%s%s\n", command_.c_str(), command_.empty() ? "" : ": ",
               text.c_str());
}

void Terminal::say(const std::string& text) {
  if (!quiet_) talk(text);
}
void Terminal::detail(const std::string& text) {
  if (verbose_) talk(text);
}
void Terminal::complain(const std::string& text) { talk(text); }

void Terminal::progress(const std::string& text) {
  if (!shows_progress()) return;
  const std::lock_guard lock(mutex_);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
  progress_shown_ = !text.empty();
}

client::LinkListener Terminal::link_listener() {
  auto last = std::make_shared<std::string>();
  return [this, last](const client::LinkStatus& status) {
    if (status.state == client::LinkState::kConnecting) {
      detail("connecting to " + status.detail);
    } else if (status.state == client::LinkState::kOpen) {
      if (!last->empty()) say("connected again");
      last->clear();
      detail("connected to " + status.detail);
    } else if (status.detail != *last) {
      *last = status.detail;
      say(status.detail + "; trying again");
    }
  };
}

}  // namespace commonwatch::cli
