// Messages for the tests of the wire: made, written and read with protobuf alone, so that the code
// under test is not its own witness.
#pragma once

#include <google/protobuf/message.h>

#include <random>
#include <set>
#include <string>
#include <string_view>

#include "commonwatch/v1/stream.pb.h"
#include "hub/model/hotspot.h"
#include "hub/wire/client_message.h"

namespace commonwatch::wire::samples {

// Parses the text format; a fault in the test itself fails the test.
template <class Message>
Message from_text(const std::string& text);

std::string proto3_json(const google::protobuf::Message& message);

// A valid overdose with every field set.
v1::Event full_overdose();

// Any event of the schema, with values that proto3 JSON and the canonical encoding can both hold;
// not always a valid one. The same engine state gives the same event.
v1::Event random_event(std::mt19937_64& random);

v1::ServerMessage parse_frame(std::string_view frame);

model::Hotspot hotspot(std::string id, double latitude, double longitude);

// One of each list, with no field at its default.
model::TileContent full_content();

// The fields, at any depth, of which no message in `message` has one set; Timestamps are not looked
// into.
std::set<std::string> unset_fields(const google::protobuf::Message& message);

}  // namespace commonwatch::wire::samples
