// Standard output and standard error: data goes to the one, talk to the other.
#pragma once

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

#include "clients/cli/options.h"
#include "clients/cpp/link.h"

namespace commonwatch::cli {

// Nobody reads standard output any more; the command ends quietly.
class BrokenPipe : public std::runtime_error {
 public:
  BrokenPipe() : std::runtime_error("standard output is closed") {}
};

// Thread-safe.
class Terminal {
 public:
  Terminal(const GlobalOptions& options, std::string command);

  bool json() const { return json_; }
  bool verbose() const { return verbose_; }
  bool stdout_is_terminal() const { return stdout_is_terminal_; }
  bool shows_progress() const { return stderr_is_terminal_ && !quiet_; }
  bool color() const { return color_; }

  // Writes it to standard output at once. Throws BrokenPipe.
  void data(std::string_view bytes);
  void line(std::string_view text);

  // To standard error, as `commonwatch: COMMAND: text`. -q keeps say() silent, -v lets detail()
  // speak.
  void say(const std::string& text);
  void detail(const std::string& text);
  void complain(const std::string& text);
  // One line that is overwritten; only on a terminal.
  void progress(const std::string& text);

  // How the connection stands, said once per change: waiting aloud, the rest as detail.
  client::LinkListener link_listener();

 private:
  void talk(const std::string& text);

  const std::string command_;
  const bool json_;
  const bool quiet_;
  const bool verbose_;
  const bool stdout_is_terminal_;
  const bool stderr_is_terminal_;
  const bool color_;
  std::mutex mutex_;
  bool progress_shown_ = false;
};

}  // namespace commonwatch::cli
