// Invariants checked: a text frame, or the body of a POST in JSON, decodes to a message or to an
// error with a sentence; each event of a publish is canonical or refused with a sentence.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz::check_message(text, wire::Encoding::kJson);
  const Limits limits;
  const auto publish = wire::decode_publish(text, wire::Encoding::kJson, limits);
  if (publish) fuzz::check_publish(*publish, limits);
  return 0;
}
