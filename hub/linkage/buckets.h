// Lists of records under 64-bit names, and how long each is. Not thread-safe; the room's own.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/linkage/record_store.h"

namespace commonwatch::linkage {

struct Bucket {
  Slot first = kNoSlot;
  std::uint32_t count = 0;
};

class Buckets {
 public:
  // The list goes through `places[lookup]` of the nodes.
  Buckets(RecordStore& records, Lookup lookup)
      : records_(records), lookup_(static_cast<std::size_t>(lookup)) {}

  // The length afterwards. `name` is not 0.
  std::uint32_t add(std::uint64_t name, Slot slot);
  std::uint32_t remove(std::uint64_t name, Slot slot);
  // Empty if there is none.
  Bucket find(std::uint64_t name) const;
  Slot next(Slot slot) const { return records_[slot].places[lookup_].next; }
  std::size_t bytes() const { return table_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t name = 0;  // 0: free
    Bucket bucket;
  };

  std::size_t home(std::uint64_t name) const;
  std::size_t place(std::uint64_t name) const;
  void grow();
  void close(std::size_t hole);

  RecordStore& records_;
  std::size_t lookup_;
  std::vector<Entry> table_;  // open addressing, linear probing, a power of two long
  std::size_t size_ = 0;
};

}  // namespace commonwatch::linkage
