// A figure as bytes of a checkpoint.
#pragma once

#include "hub/base/byte_stream.h"
#include "hub/sharing/figure.h"

namespace commonwatch::sharing {

inline constexpr std::size_t kFigureBytesMin = 2;

void put(ByteWriter& writer, const Tally& tally);
void put(ByteWriter& writer, const Figure& figure);
Tally get_tally(ByteReader& reader);
Figure get_figure(ByteReader& reader);

}  // namespace commonwatch::sharing
