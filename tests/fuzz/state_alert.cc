// Invariants checked: any bytes are the alerts, or the ledger of pages, or refused with a sentence;
// what is restored is written and restored as the same.
#include "hub/alert/episodes.h"
#include "hub/alert/ledger.h"
#include "tests/fuzz/sealed_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch;
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::check_state(bytes, [](std::string_view state) {
    return alert::Episodes::restore(alert::Settings{}, state);
  });
  fuzz::check_state(bytes, [](std::string_view state) { return alert::Ledger::restore(state); });
  return 0;
}
