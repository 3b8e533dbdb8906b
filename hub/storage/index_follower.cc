#include "hub/storage/index_follower.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kBatchEvents = 100'000;
// Meanwhile lookups find what is durable in the backlog, and readers take it from there.
constexpr std::chrono::milliseconds kLinger(250);

}  // namespace

IndexFollower::IndexFollower(Indexes& indexes, Backlog& backlog, bool stepped)
    : indexes_(indexes), backlog_(backlog) {
  if (stepped) {
    backlog_.stop();
  } else {
    thread_ = std::thread([this] {
      while (step()) {
      }
    });
  }
}

IndexFollower::~IndexFollower() {
  backlog_.stop();
  if (thread_.joinable()) thread_.join();
}

bool IndexFollower::step() {
  const auto chunks = backlog_.wait_for_chunks(kBatchEvents, kLinger);
  if (chunks.empty()) return false;
  if (auto applied = indexes_.apply(chunks); !applied) {
    backlog_.fail(applied.error());
    return false;
  }
  backlog_.drop_below(chunks.back().chunk->end());
  return true;
}

}  // namespace commonwatch::storage
