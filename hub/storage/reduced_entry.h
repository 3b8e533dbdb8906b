// What is left of an event when its time is over, and the rewriting of a chunk to that. Pure; any
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hub/storage/chunk_codec.h"

namespace commonwatch::storage {

// What an entry is reduced to.
struct Reduction {
  EntryForm form = EntryForm::kErased;
  model::RecordKey key;  // of a skeleton and a stub
  Skeleton skeleton;     // of a skeleton
};

std::string encode_skeleton(const Skeleton& skeleton);
// Nothing if the bytes make no sense.
std::optional<Skeleton> decode_skeleton(std::string_view bytes);

// The chunk's bytes with what `reduce` names reduced and everything else as it is. Each entry keeps
// the hash that the chain has of it, so that chain and head stay what they were. Nothing if
// `reduce` names none. Only a whole, stored entry can become a skeleton.
std::optional<std::string> reduce_chunk(
    const StoredChunk& chunk,
    const std::function<std::optional<Reduction>(std::size_t index, const EntryView& entry)>&
        reduce);

}  // namespace commonwatch::storage
