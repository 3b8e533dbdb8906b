// What a publisher is told: where its source stands, and what became of its events.
#include "hub/wire/write_message.h"

namespace commonwatch::wire {

std::string encode(const SourceOpened& opened, Encoding encoding) {
  v1::ServerMessage message;
  write_source_opened(opened, *message.mutable_source_opened());
  return to_bytes(message, encoding);
}

std::string encode(const Published& published, Encoding encoding) {
  v1::ServerMessage message;
  write_published(published, *message.mutable_published());
  return to_bytes(message, encoding);
}

std::string encode_http(const SourceOpened& opened, Encoding encoding) {
  v1::SourceOpened message;
  write_source_opened(opened, message);
  return to_bytes(message, encoding);
}

std::string encode_http(const Published& published, Encoding encoding) {
  v1::Published message;
  write_published(published, message);
  return to_bytes(message, encoding);
}

}  // namespace commonwatch::wire
