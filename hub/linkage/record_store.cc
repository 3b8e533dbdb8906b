#include "hub/linkage/record_store.h"

namespace commonwatch::linkage {

std::size_t RecordStore::home(const model::RecordKey& key) const {
  return (key.words[0] * 0x9e3779b97f4a7c15U >> 20U) & (table_.size() - 1);
}

Slot RecordStore::find(const model::RecordKey& key) const {
  if (table_.empty()) return kNoSlot;
  for (std::size_t at = home(key);; at = (at + 1) & (table_.size() - 1)) {
    const Slot slot = table_[at];
    if (slot == kNoSlot || (*this)[slot].key == key) return slot;
  }
}

Slot RecordStore::add(const model::RecordKey& key) {
  if ((size_ + 1) * 4 > table_.size() * 3) grow();
  Slot slot = end_;
  if (free_.empty()) {
    if (end_ % kChunk == 0) chunks_.push_back(std::make_unique<std::array<Node, kChunk>>());
    ++end_;
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  (*this)[slot].key = key;
  std::size_t at = home(key);
  while (table_[at] != kNoSlot) at = (at + 1) & (table_.size() - 1);
  table_[at] = slot;
  ++size_;
  return slot;
}

// Closes the hole, so that a search needs no mark of what was there.
void RecordStore::erase(Slot slot) {
  const std::size_t mask = table_.size() - 1;
  std::size_t hole = home((*this)[slot].key);
  while (table_[hole] != slot) hole = (hole + 1) & mask;
  for (std::size_t at = (hole + 1) & mask; table_[at] != kNoSlot; at = (at + 1) & mask) {
    const std::size_t distance = (at - home((*this)[table_[at]].key)) & mask;
    if (distance < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = kNoSlot;
  (*this)[slot] = Node();
  free_.push_back(slot);
  --size_;
}

void RecordStore::grow() {
  std::vector<Slot> old(table_.empty() ? 1024 : table_.size() * 2, kNoSlot);
  old.swap(table_);
  for (const Slot slot : old) {
    if (slot == kNoSlot) continue;
    std::size_t at = home((*this)[slot].key);
    while (table_[at] != kNoSlot) at = (at + 1) & (table_.size() - 1);
    table_[at] = slot;
  }
}

std::size_t RecordStore::bytes() const {
  std::size_t lists = 0;
  for (Slot slot = 0; slot < end_; ++slot) {
    const Node& node = (*this)[slot];
    lists += node.edges.capacity() * sizeof(Edge) +
             node.record.traits.capacity() * sizeof(model::PersonTraits);
  }
  return chunks_.size() * sizeof(std::array<Node, kChunk>) + lists +
         (table_.capacity() + free_.capacity()) * sizeof(Slot);
}

}  // namespace commonwatch::linkage
