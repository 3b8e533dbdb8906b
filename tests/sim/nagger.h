// Somebody who asks and asks, and reads no answer.
//
// Holds: the hub does not read on while too many answers wait for it.
#pragma once

#include <memory>

#include "hub/session/outbox.h"
#include "tests/sim/line.h"

namespace commonwatch::sim {

class Nagger {
 public:
  // Asks for so many things, each of which has one answer, a refusal.
  void connect(std::shared_ptr<Line> line, int requests);
  void drop();
  bool is_connected() const { return line_ != nullptr && !line_->is_over(); }
  bool arrive();
  void check() const;

 private:
  // In the outbox; in the hand of the writer; the one that was read when it became full.
  static constexpr std::size_t kAnswersMax = session::Outbox::kMessagesMax + 16 + 1;

  std::shared_ptr<Line> line_;
};

}  // namespace commonwatch::sim
