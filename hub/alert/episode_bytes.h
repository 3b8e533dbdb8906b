// One episode as bytes of the checkpoint.
#pragma once

#include "hub/alert/episode.h"
#include "hub/base/byte_stream.h"

namespace commonwatch::alert {

// Fewer bytes than any episode takes.
inline constexpr std::size_t kEpisodeBytesMin = 256;

void put_episode(ByteWriter& writer, const Episode& episode);
// What cannot be an episode fails the reader.
Episode get_episode(ByteReader& reader);

}  // namespace commonwatch::alert
