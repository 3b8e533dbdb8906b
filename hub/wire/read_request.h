// From the messages of stream.proto to what client_message.h makes of them. Private to `wire`.
//
// Only what the types need is checked here; whether a request is allowed and makes sense is for
// those who serve it. Errors are kInvalidRequest and name the field.
#pragma once

#include "commonwatch/v1/stream.pb.h"
#include "hub/wire/client_message.h"

namespace commonwatch::wire {

// As long as `partner/source` may be: what is longer names nothing, and answers repeat it.
inline constexpr std::size_t kSourceNameBytesMax = 129;

// Every message but `publish`, whose events need their own way.
Result<ClientMessage> read_request(v1::ClientMessage& message);

}  // namespace commonwatch::wire
