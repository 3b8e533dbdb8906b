#include <utility>

#include "hub/feed/feed.h"

namespace commonwatch::feed {

Frame::Frame(Encoder encode, ToJson to_json) : encode_(std::move(encode)), to_json_(to_json) {}

SharedBytes Frame::binary() const {
  const std::lock_guard lock(mutex_);
  if (!binary_) {
    binary_ = share(encode_());
    encode_ = nullptr;  // lets go of what it was encoded from
    if (meter_) *meter_ += binary_->size();
  }
  return binary_;
}

SharedBytes Frame::json() const {
  const SharedBytes encoded = binary();
  const std::lock_guard lock(mutex_);
  if (!json_) {
    json_ = share(to_json_(*encoded));
    if (meter_) *meter_ += json_->size();
  }
  return json_;
}

std::size_t Frame::bytes() const {
  const std::lock_guard lock(mutex_);
  return (binary_ ? binary_->size() : 0) + (json_ ? json_->size() : 0);
}

void Frame::watch(ByteMeter meter) const {
  const std::lock_guard lock(mutex_);
  const std::size_t held = (binary_ ? binary_->size() : 0) + (json_ ? json_->size() : 0);
  if (meter_) *meter_ -= held;
  meter_ = std::move(meter);
  if (meter_) *meter_ += held;
}

}  // namespace commonwatch::feed
