// How the log says of itself what retention and erasures rewrite.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/model/ids.h"
#include "hub/storage/held_head.h"

namespace commonwatch::storage {

// A chunk that retention or an erasure is about to rewrite.
struct RewrittenChunk {
  model::Offset first;
  Hash hash;  // SHA-256 of its bytes from then on
  friend bool operator==(const RewrittenChunk&, const RewrittenChunk&) = default;
};

// The hub's own event that names them, so that the chain covers what is left of reduced events.
struct RewriteEvent {
  std::function<std::string(const std::vector<RewrittenChunk>& chunks)> encode;
  // None if the payload is of another event.
  std::function<std::vector<RewrittenChunk>(std::string_view payload)> decode;
};

}  // namespace commonwatch::storage
