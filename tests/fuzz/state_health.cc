// Invariants checked: any bytes are the sources' health or refused with a sentence; what is
// restored is written and restored as the same, and goes on.
#include <memory>

#include "hub/health/sources.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;

// It stays where it is.
struct Held {
  std::unique_ptr<health::Sources> sources = std::make_unique<health::Sources>(health::Settings{});

  std::string checkpoint() const { return sources->checkpoint(); }
};

Result<Held> restore(std::string_view bytes) {
  Held held;
  if (auto restored = held.sources->restore(bytes); !restored) return restored.error();
  return held;
}

// Twice: what is shown may change again behind that.
void go_on(const Held& held) {
  for (int i = 0; i < 2; ++i) {
    const Instant next = held.sources->next_change();
    if (next != Instant::max()) held.sources->advance(next);
  }
  held.sources->silences();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_state(fuzz::text_of(data, size), restore, go_on);
  return 0;
}
