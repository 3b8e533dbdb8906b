#include "clients/cli/publish_input.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "clients/cli/input_identity.h"

namespace commonwatch::cli {

PublishInput::PublishInput(InputOptions options, bool from_start, client::Publisher& publisher,
                           PublishReport& report, Terminal& terminal)
    : options_(std::move(options)),
      from_start_(from_start),
      publisher_(publisher),
      report_(report),
      terminal_(terminal) {
  open();
}

void PublishInput::open() {
  reader_ = open_reader(options_);
  key_.clear();
  saved_position_ = 0;
  if (options_.path == "-") return;
  file_ = file_at(options_.path);
  const auto identity = identify_input(options_.path, publisher_.marks());
  if (!identity) return;
  key_ = identity->key;
  if (from_start_ || identity->position == 0) return;
  try {
    reader_->skip_to(identity->position);
    saved_position_ = identity->position;
    terminal_.detail(options_.path + ": goes on behind byte " + std::to_string(identity->position));
  } catch (const InputError&) {
    // Written anew with the same beginning. What was published before is there already, by its ids.
    terminal_.say(options_.path +
                  ": was changed since it was published; reading it from the start");
    reader_ = open_reader(options_);
  }
}

client::Result<void> PublishInput::append_all(double rate, const std::function<bool()>& ended) {
  const auto filtered_before = reader_->filtered();
  while (!ended()) {
    auto item = reader_->next();
    if (!item) break;
    if (const auto* fault = std::get_if<ReadFault>(&*item)) {
      report_.unreadable(options_.path, *fault);
      continue;
    }
    pace(rate);
    if (auto appended = append(std::get<ReadEvent>(*item)); !appended) return appended;
    report_.progress(publisher_.counts());
  }
  report_.filtered(reader_->filtered() - filtered_before);
  return save_position();
}

client::Result<void> PublishInput::append(const ReadEvent& read) {
  if (key_.empty() && options_.path != "-") {
    const auto identity = identify_input(options_.path, publisher_.marks());
    if (identity) key_ = identity->key;
  }
  const client::Mark mark{key_, reader_->position()};
  const auto origin = options_.path + ":" + std::to_string(read.line);
  auto appended = publisher_.append(read.event, origin, mark);
  if (appended) {
    saved_position_ = mark.value;
    return appended;
  }
  if (appended.error().kind != client::FaultKind::kBadInput) return appended;
  report_.unreadable(options_.path, {read.line, "", appended.error().message});
  return {};
}

// Rows at the end that gave no event.
client::Result<void> PublishInput::save_position() {
  const auto position = reader_->position();
  if (key_.empty() || position == saved_position_) return {};
  saved_position_ = position;
  return publisher_.set_mark({key_, position});
}

void PublishInput::pace(double rate) {
  if (rate <= 0) return;
  const auto now = std::chrono::steady_clock::now();
  next_due_ = std::max(next_due_, now - std::chrono::milliseconds(100));
  std::this_thread::sleep_until(next_due_);
  next_due_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(1 / rate));
}

bool PublishInput::reopen_if_rotated() {
  const auto file = file_at(options_.path);
  if (file.empty()) return false;  // between two files
  std::error_code error;
  const auto size = std::filesystem::file_size(options_.path, error);
  const bool rotated = file != file_;
  const bool cut = !error && !rotated && size < reader_->position();
  if (!rotated && !cut) return false;
  // Until something is in the new one, whoever writes may still write to the one that was moved;
  // what came to that one before is read once more to its end.
  if (rotated && (error || size == 0)) return false;
  if (rotated && !std::exchange(drains_, true)) return true;
  const bool was_from_start = from_start_;
  from_start_ = from_start_ || cut;
  try {
    open();
  } catch (const InputError&) {
    // The new file has no content yet that tells its format; asked again.
    from_start_ = was_from_start;
    return false;
  }
  drains_ = false;
  terminal_.say(options_.path + (cut ? ": was cut; reading it from the start"
                                     : ": was rotated; reading the new file"));
  return true;
}

}  // namespace commonwatch::cli
