// The connections of one shard that are no session, or none yet. There are so many at most: when
// one comes too many, that which has waited longest for its other side is closed, so that a flood
// of connections that say nothing does not keep out who speaks at once.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>

namespace commonwatch::session {

// On the shard's thread.
class WaitingLine {
 public:
  // One connection's; given back with it. It waits for its other side, or is worked for.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    // To the end of the line.
    void wait();
    // Out of the line: it is not closed for others.
    void work();

   private:
    friend class WaitingLine;
    Place(WaitingLine& line, std::function<void()> close);
    WaitingLine& line_;
    std::function<void()> close_;
    std::list<Place*>::iterator at_;  // in the line, or its end
  };

  // `close` ends the connection, later; it lives as long as the place. Nothing: `connections_max`
  // are worked for, so that none can be closed for this one.
  std::unique_ptr<Place> enter(std::size_t connections_max, std::function<void()> close);
  // Closes the one that has waited longest; false: none waits.
  bool close_longest();

  std::size_t connections() const { return connections_; }

 private:
  std::list<Place*> waiting_;
  std::size_t connections_ = 0;
};

}  // namespace commonwatch::session
