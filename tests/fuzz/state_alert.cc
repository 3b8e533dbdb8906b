// Invariants checked: any bytes are the alerts, or the ledger of pages, or refused with a sentence;
// what is restored is written and restored as the same.
#include "hub/alert/episodes.h"
#include "hub/alert/ledger.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;

Result<alert::Episodes> restore_episodes(std::string_view bytes) {
  return alert::Episodes::restore(alert::Settings{}, bytes);
}

void check_episodes(const alert::Episodes& episodes) {
  for (const model::Alert& alert : episodes.live()) {
    fuzz::require(episodes.find(alert.id) != nullptr);
  }
  episodes.grades();
  episodes.next_change();
}

void check_ledger(alert::Ledger& ledger) {
  ledger.keep_if([](const std::string&) { return false; });
  fuzz::require(ledger.size() == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::check_state(bytes, restore_episodes, check_episodes);
  fuzz::check_state(bytes, alert::Ledger::restore, check_ledger);
  return 0;
}
