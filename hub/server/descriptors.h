// How many descriptors the process may have, and how many sessions leave to others.
#pragma once

#include <cstdint>

namespace commonwatch::server {

// Allows the process as many as its hard limit says.
void raise_descriptor_limit();
// Whether a session with this descriptor leaves `reserved` of them, or a quarter of all if that is
// less. The system gives the lowest that is free, so that its number says how many there are.
bool leaves_reserve(int descriptor, std::uint32_t reserved);

}  // namespace commonwatch::server
