#include "hub/session/waiting_line.h"

#include <utility>

namespace commonwatch::session {

WaitingLine::Place::Place(WaitingLine& line, std::function<void()> close)
    : line_(line), close_(std::move(close)), at_(line.waiting_.end()) {
  ++line_.connections_;
}

WaitingLine::Place::~Place() {
  work();
  --line_.connections_;
}

void WaitingLine::Place::wait() {
  work();
  at_ = line_.waiting_.insert(line_.waiting_.end(), this);
}

void WaitingLine::Place::work() {
  if (at_ != line_.waiting_.end()) line_.waiting_.erase(at_);
  at_ = line_.waiting_.end();
}

std::unique_ptr<WaitingLine::Place> WaitingLine::enter(std::size_t connections_max,
                                                       std::function<void()> close) {
  if (connections_ >= connections_max && !close_longest()) return nullptr;
  return std::unique_ptr<Place>(new Place(*this, std::move(close)));
}

bool WaitingLine::close_longest() {
  if (waiting_.empty()) return false;
  Place& longest = *waiting_.front();
  longest.work();
  longest.close_();
  return true;
}

}  // namespace commonwatch::session
