// Invariants checked: a binary frame, or the body of a POST in protobuf, decodes to a message or to
// an error with a sentence; each event of a publish is canonical or refused with a sentence; an
// area that decodes is an area or refused.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::check_message(bytes, wire::Encoding::kBinary);
  const Limits limits;
  const auto publish = wire::decode_publish(bytes, wire::Encoding::kBinary, limits);
  if (publish) fuzz::check_publish(*publish, limits);
  return 0;
}
