// Invariants checked: any bytes are the state of the linkage or refused with a sentence; one that
// is restored is written and restored as the same, explains every record of an incident, and
// forgets.
#include "hub/linkage/linker.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;

void check_linked(linkage::Linker& linker) {
  std::size_t records = 0;
  for (const auto& incident : linker.linked()) {
    records += incident.size();
    for (const model::RecordKey& key : incident) {
      fuzz::require(linker.find(key) != nullptr && linker.explain(key).has_value());
    }
  }
  fuzz::require(records <= linker.size());
  const std::size_t before = linker.size();
  linker.forget(Instant::max());
  fuzz::require(linker.size() <= before);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto restore = [](std::string_view bytes) { return linkage::Linker::restore({}, bytes); };
  fuzz::check_state(fuzz::text_of(data, size), restore, check_linked);
  return 0;
}
