// Invariants checked: any bytes are the state of the linkage or refused with a sentence; one that
// is restored is written and restored as the same, holds as many records, and goes on.
#include "hub/linkage/linker.h"
#include "tests/fuzz/sealed_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch;
  fuzz::check_state(fuzz::text_of(data, size),
                    [](std::string_view bytes) { return linkage::Linker::restore({}, bytes); });
  return 0;
}
