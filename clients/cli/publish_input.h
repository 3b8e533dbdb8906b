// One input of `publish`: read, appended to the publisher together with how far it was read.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/cli/publish_report.h"
#include "clients/cpp/publisher.h"

namespace commonwatch::cli {

class PublishInput {
 public:
  // Throws InputError if the input cannot be opened.
  PublishInput(InputOptions options, bool from_start, client::Publisher& publisher,
               PublishReport& report, Terminal& terminal);

  // Appends all there is, at most `rate` a second (0: no limit). A fault is the publisher's; the
  // loop also ends when `ended` says so. Throws InputError when the input breaks off.
  client::Result<void> append_all(double rate, const std::function<bool()>& ended);
  // With follow, at the end of what there is: whether there may be more to read now, because the
  // path names another file by now, or this one was cut.
  bool reopen_if_rotated();

 private:
  void open();
  client::Result<void> append(const ReadEvent& read);
  client::Result<void> save_position();
  void pace(double rate);

  const InputOptions options_;
  bool from_start_;
  client::Publisher& publisher_;
  PublishReport& report_;
  Terminal& terminal_;
  std::unique_ptr<EventReader> reader_;
  std::string file_;  // that is being read, as device:inode
  std::string key_;   // of its saved position; empty: not known yet, or a pipe
  std::uint64_t saved_position_ = 0;
  bool drains_ = false;  // the file was moved, and what came to it until then is being read
  std::chrono::steady_clock::time_point next_due_{};
};

}  // namespace commonwatch::cli
