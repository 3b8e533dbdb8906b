#include "hub/linkage/buckets.h"

namespace commonwatch::linkage {

std::size_t Buckets::home(std::uint64_t name) const {
  std::uint64_t mixed = name * 0x9e3779b97f4a7c15U;
  mixed ^= mixed >> 29U;
  mixed *= 0xbf58476d1ce4e5b9U;
  return (mixed >> 30U) & (table_.size() - 1);
}

// Where `name` is, or would be.
std::size_t Buckets::place(std::uint64_t name) const {
  std::size_t at = home(name);
  while (table_[at].name != 0 && table_[at].name != name) at = (at + 1) & (table_.size() - 1);
  return at;
}

Bucket Buckets::find(std::uint64_t name) const {
  if (table_.empty()) return {};
  const Entry& entry = table_[place(name)];
  return entry.name == name ? entry.bucket : Bucket{};
}

std::uint32_t Buckets::add(std::uint64_t name, Slot slot) {
  if ((size_ + 1) * 4 > table_.size() * 3) grow();
  Entry& entry = table_[place(name)];
  if (entry.name == 0) {
    entry = Entry{name, {}};
    ++size_;
  }
  BucketPlace& links = records_[slot].places[lookup_];
  links = BucketPlace{kNoSlot, entry.bucket.first};
  if (links.next != kNoSlot) records_[links.next].places[lookup_].previous = slot;
  entry.bucket.first = slot;
  return ++entry.bucket.count;
}

std::uint32_t Buckets::remove(std::uint64_t name, Slot slot) {
  const std::size_t at = place(name);
  Bucket& bucket = table_[at].bucket;
  const BucketPlace links = records_[slot].places[lookup_];
  if (links.next != kNoSlot) records_[links.next].places[lookup_].previous = links.previous;
  if (links.previous != kNoSlot) {
    records_[links.previous].places[lookup_].next = links.next;
  } else {
    bucket.first = links.next;
  }
  records_[slot].places[lookup_] = {};
  const std::uint32_t left = --bucket.count;
  if (left == 0) close(at);
  return left;
}

void Buckets::close(std::size_t hole) {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = (hole + 1) & mask; table_[at].name != 0; at = (at + 1) & mask) {
    const std::size_t distance = (at - home(table_[at].name)) & mask;
    if (distance < ((at - hole) & mask)) continue;
    table_[hole] = table_[at];
    hole = at;
  }
  table_[hole] = {};
  --size_;
}

void Buckets::grow() {
  std::vector<Entry> old(table_.empty() ? 1024 : table_.size() * 2);
  old.swap(table_);
  for (const Entry& entry : old) {
    if (entry.name != 0) table_[place(entry.name)] = entry;
  }
}

}  // namespace commonwatch::linkage
