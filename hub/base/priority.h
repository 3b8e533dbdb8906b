// How the hub's threads stand against each other while there is more to do than processors: what
// acknowledges, delivers and indexes goes first, so that a partner with a backlog is rid of it and
// nobody's report waits for somebody's replay.
#pragma once

namespace commonwatch {

// As nice(2) counts.
enum class Priority {
  kPicture = 5,  // folding what is durable: its delay under a backlog is shown as `as_of`
  kCalibration = 15,
  kReplay = 19,  // as fast as nobody else is held up by it
};

// Of the calling thread; for good.
void take_priority(Priority priority);

}  // namespace commonwatch
