// Invariants checked: any bytes are the state of the engine or refused with a sentence; one that is
// restored is written and restored as the same, and takes time further.
#include "hub/hotspot/engine.h"
#include "tests/fuzz/picture_settings.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;

const model::NameTable& partners() {
  static const model::NameTable names = [] {
    model::NameTable made;
    for (const char* partner : fuzz::kPartners) made.index_of(partner);
    return made;
  }();
  return names;
}

Result<hotspot::Engine> restore(std::string_view bytes) {
  return hotspot::Engine::restore(fuzz::open_settings().hotspot, partners(), bytes);
}

void go_on(hotspot::Engine& engine) {
  if (engine.version().value() == ~std::uint64_t{0}) return;
  engine.advance(engine.version().next(), engine.as_of() + std::chrono::hours(24));
  for (const hotspot::Finding& finding : engine.findings()) {
    fuzz::require(finding.hotspot.count > 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_state(fuzz::text_of(data, size), restore, go_on);
  return 0;
}
