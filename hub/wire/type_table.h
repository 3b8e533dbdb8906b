// The schema, as protobuf's conversion from and to JSON asks for it. Its own table makes each type
// anew for every message that is converted, and looks it up under a lock of the whole process: one
// thread that is held up there holds up all others. Private to `wire`.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/util/type_resolver.h>

#include <string>

namespace commonwatch::wire {

// Of every type of the contract. Thread-safe.
google::protobuf::util::TypeResolver& type_table();

// The name of a message's type in it.
std::string type_url(const google::protobuf::Message& message);

}  // namespace commonwatch::wire
