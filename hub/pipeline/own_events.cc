#include "hub/pipeline/own_events.h"

#include <utility>

#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

constexpr std::size_t kHashBytes = 32;

std::string encode(const std::vector<storage::RewrittenChunk>& chunks) {
  wire::Rewritten event;
  for (const storage::RewrittenChunk& chunk : chunks) {
    event.chunks.push_back(chunk.first);
    event.hashes += chunk.hash;
  }
  return wire::encode_hub_event(event);
}

std::vector<storage::RewrittenChunk> decode(std::string_view payload) {
  std::vector<storage::RewrittenChunk> chunks;
  const auto event = wire::decode_hub_event(payload);
  const auto* const rewritten = event ? std::get_if<wire::Rewritten>(&*event) : nullptr;
  if (rewritten == nullptr) return chunks;
  for (std::size_t i = 0; i < rewritten->chunks.size(); ++i) {
    chunks.push_back({rewritten->chunks[i], rewritten->hashes.substr(i * kHashBytes, kHashBytes)});
  }
  return chunks;
}

}  // namespace

void set_own_events(storage::LogOptions& options) {
  options.end_payload = wire::encode_hub_event(wire::End{});
  options.rewrite_event = {encode, decode};
}

}  // namespace commonwatch::pipeline
