// From the hub's values to the messages of stream.proto, and from messages to bytes. Private to
// `wire`.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "commonwatch/v1/stream.pb.h"
#include "hub/base/time.h"
#include "hub/wire/server_message.h"

namespace commonwatch::wire {

void write_zone(const model::Zone& from, v1::Zone& to);
void write_instant(Instant from, google::protobuf::Timestamp& to);
void write_position(const model::Position& from, v1::Position& to);
void write_tile(const model::TileState& from, v1::TileState& to);
void write_delta(const model::TileDelta& from, v1::Delta& to);
void write_progress(const Progress& from, v1::Progress& to);
void write_published(const Published& from, v1::Published& to);
void write_source_opened(const SourceOpened& from, v1::SourceOpened& to);
void write_error(const Error& error, const ErrorContext& context, v1::Error& to);

// Fields in order of number; the same message gives the same bytes.
std::string to_binary(const google::protobuf::Message& message);
// proto3 JSON in lowerCamelCase on one line. Numbers, texts and enumerations that hold their
// default are printed, so that a count of 0 can be told from a count that is not sent.
std::string to_json(const google::protobuf::Message& message);
std::string to_bytes(const google::protobuf::Message& message, Encoding encoding);

}  // namespace commonwatch::wire
