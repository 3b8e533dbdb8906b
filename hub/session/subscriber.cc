#include "hub/session/subscriber.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace commonwatch::session {
namespace {

Error invalid(ErrorCode code, std::string message, const char* field) {
  return make_error(code, std::move(message), field);
}

}  // namespace

Result<Subscriber::Selected> Subscriber::select(const model::AreaRequest& request) const {
  const auto area = model::Area::make(request, *limits_);
  if (!area) return area.error();
  auto tiles = area->tiles(limits_->subscription_tiles_max);
  if (!tiles) return Selected{};
  return Selected{false, *std::move(tiles)};
}

Result<void> Subscriber::subscribe(const wire::Subscribe& request) {
  if (request.subscription == 0 || subscriptions_.count(request.subscription) != 0) {
    return invalid(ErrorCode::kSubscriptionInvalid,
                   "choose a subscription number that is not 0 and not in use",
                   "subscribe.subscription");
  }
  if (subscriptions_.size() >= limits_->subscriptions_max) {
    return invalid(ErrorCode::kTooManySubscriptions,
                   "a connection may hold " + std::to_string(limits_->subscriptions_max) +
                       " subscriptions; end one first",
                   "subscribe.subscription");
  }
  auto selected = select(request.area);
  if (!selected) return selected.error();
  if (subscriptions_.empty()) {
    held_.reset();
    if (request.resume && feed_->can_resume(*request.resume)) held_ = request.resume;
    resume_refused_ = request.resume && !held_;
  }
  const feed::TileSelection before = selection_;
  const bool goes_on = !subscriptions_.empty();
  subscriptions_.emplace(request.subscription, *std::move(selected));
  unite();
  if (goes_on) add_since(before);
  news_ = true;
  return {};
}

Result<void> Subscriber::update(const wire::UpdateSubscription& request) {
  const auto found = subscriptions_.find(request.subscription);
  if (found == subscriptions_.end()) {
    return invalid(ErrorCode::kSubscriptionInvalid,
                   "there is no subscription of this number; subscribe first",
                   "update_subscription.subscription");
  }
  auto selected = select(request.area);
  if (!selected) return selected.error();
  const feed::TileSelection before = selection_;
  found->second = *std::move(selected);
  unite();
  add_since(before);
  news_ = true;
  return {};
}

Result<void> Subscriber::unsubscribe(std::uint32_t subscription) {
  if (subscriptions_.erase(subscription) == 0) {
    return invalid(ErrorCode::kSubscriptionInvalid, "there is no subscription of this number",
                   "unsubscribe.subscription");
  }
  const feed::TileSelection before = selection_;
  unite();
  add_since(before);
  return {};
}

// What was added before and is not sent yet still is to be, as far as it is still selected.
void Subscriber::add_since(const feed::TileSelection& before) {
  const feed::TileSelection waiting = std::exchange(added_, {false, {}});
  if (selection_.everywhere) {
    added_.everywhere = waiting.everywhere || !before.everywhere;
    return;
  }
  std::ranges::copy_if(selection_.tiles, std::back_inserter(added_.tiles), [&](model::Tile tile) {
    return waiting.contains(tile) || !before.contains(tile);
  });
}

void Subscriber::unite() {
  selection_ = {false, {}};
  for (const auto& [number, selected] : subscriptions_) {
    selection_.everywhere = selection_.everywhere || selected.everywhere;
    selection_.tiles.insert(selection_.tiles.end(), selected.tiles.begin(), selected.tiles.end());
  }
  std::sort(selection_.tiles.begin(), selection_.tiles.end());
  selection_.tiles.erase(std::unique(selection_.tiles.begin(), selection_.tiles.end()),
                         selection_.tiles.end());
}

Outgoing Subscriber::next(bool heartbeat) {
  // What is left of another epoch is shown to nobody any more.
  if (sending_ && news_ && sending_->position.epoch != feed_->position().epoch) {
    sending_ = nullptr;
    before_ = {};
  }
  if (!sending_ && !before_ && (news_ || heartbeat) && is_active()) read(heartbeat);
  if (before_) return std::exchange(before_, {});
  if (!sending_) return {};
  const auto bytes_of = [this](const feed::SharedFrame& frame) {
    return encoding_ == wire::Encoding::kBinary ? frame->binary() : frame->json();
  };
  const feed::Delivery& delivery = *sending_;
  const bool is_frame = sent_ < delivery.frames.size();
  SharedBytes message = bytes_of(is_frame ? delivery.frames[sent_++] : delivery.progress);
  const bool is_last = !is_frame || (sent_ == delivery.frames.size() && !delivery.progress);
  if (is_last) sending_ = nullptr;
  return message;
}

void Subscriber::send(feed::SharedDelivery delivery) {
  sending_ = std::move(delivery);
  sent_ = 0;
}

void Subscriber::read(bool heartbeat) {
  // Whatever is published from here on is told anew.
  news_ = false;
  const auto delivery = feed_->read_shared(held_, selection_);
  if (delivery->kind == feed::Delivery::Kind::kNothing) {
    if (is_adding()) {
      read_added();
    } else if (heartbeat && delivery->progress) {
      send(delivery);
    }
    return;
  }
  // What is left of it, or what was added since: after this.
  news_ = delivery->is_cut || is_adding();
  const bool snapshot = delivery->kind == feed::Delivery::Kind::kSnapshot;
  // Only other tiles changed: the version moves with the next heartbeat.
  if (!snapshot && delivery->frames.empty() && !heartbeat && !is_adding()) return;
  if (snapshot) {
    metrics_.snapshots_sent.Increment();
    const auto tiles = static_cast<std::uint32_t>(delivery->frames.size());
    before_ = share(wire::encode(
        wire::SnapshotHeader{delivery->position, delivery->as_of, resume_refused_, tiles},
        encoding_));
    resume_refused_ = false;
    added_ = {false, {}};
  }
  held_ = delivery->position;
  if (!snapshot && selection_.everywhere) before_ = shared_.frame(delivery, encoding_);
  if (snapshot || !before_) send(delivery);
}

void Subscriber::read_added() {
  auto added = feed_->read_tiles(*held_, added_);
  if (!added) {
    news_ = true;
    return;
  }
  added_ = {false, {}};
  if (added->empty()) return;
  feed::Delivery delivery;
  delivery.position = *held_;
  delivery.frames = *std::move(added);
  send(std::make_shared<const feed::Delivery>(std::move(delivery)));
}

}  // namespace commonwatch::session
