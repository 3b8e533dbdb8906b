#include "hub/storage/index_follower.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kBatchEvents = 20'000;

}  // namespace

IndexFollower::IndexFollower(Indexes& indexes, Backlog& backlog)
    : indexes_(indexes), backlog_(backlog), thread_([this] { follow(); }) {}

IndexFollower::~IndexFollower() {
  backlog_.stop();
  thread_.join();
}

void IndexFollower::follow() {
  while (true) {
    const auto chunks = backlog_.wait_for_chunks(kBatchEvents);
    if (chunks.empty()) return;
    if (auto applied = indexes_.apply(chunks); !applied) {
      backlog_.fail(applied.error());
      return;
    }
    backlog_.drop_below(chunks.back().chunk->end());
  }
}

}  // namespace commonwatch::storage
