// How the hub's threads stand against each other while there is more to do than processors: what
// acknowledges, delivers and indexes goes first, so that a partner with a backlog is rid of it and
// nobody's report waits for somebody's replay.
#pragma once

namespace commonwatch {

enum class Priority {
  kPicture,      // folding what is durable: its delay under a backlog is shown as `as_of`
  kCalibration,  // takes seconds, and what is found waits for it
  // What nobody else uses. The kernel gives such a processor to the next thread that wakes as if it
  // were idle; one that is only nice keeps it to the end of its slice of milliseconds.
  kReplay,
};

// Of the calling thread; for good.
void take_priority(Priority priority);

}  // namespace commonwatch
