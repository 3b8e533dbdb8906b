// From bytes to protobuf messages. Private to `wire`.
#pragma once

#include <google/protobuf/message_lite.h>

#include <string_view>

#include "commonwatch/v1/event.pb.h"
#include "hub/wire/client_message.h"

namespace commonwatch::wire {

// False if the bytes are no such message, nested too deep, or hold text that is not UTF-8.
bool parse_binary(std::string_view bytes, google::protobuf::MessageLite& message);

// Decode one event into `scratch`, which may hold an older one and keeps its memory.
DecodedEvent decode_event_into(v1::Event& scratch, std::string_view bytes, Encoding encoding,
                               const Limits& limits);

// The same for an event that was parsed as part of a message around it.
DecodedEvent accept_event(v1::Event& message, const Limits& limits);

}  // namespace commonwatch::wire
