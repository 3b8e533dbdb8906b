// Invariants checked: any bytes are a publication, or the figures of one audience, or refused with
// a sentence; what is restored is written and restored as the same, and goes on; an audience is
// told no number of a figure that is not shown to it.
#include "hub/sharing/narrowing.h"
#include "hub/sharing/publication.h"
#include "tests/fuzz/picture_settings.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;

const sharing::PublicationRules& rules() {
  static const sharing::PublicationRules made = fuzz::publication_rules();
  return made;
}

void go_on(sharing::Publication& publication) {
  for (int i = 0; i < 3; ++i) publication.advance(publication.next_change());
  publication.shown();
}

void check_shown(sharing::Narrowing& narrowing) {
  for (const model::PublishedCount& count : narrowing.shown()) {
    fuzz::require(count.state == model::FigureState::kShown || count.persons == 0);
  }
  narrowing.forget(Instant::max());
  for (const model::PublishedCount& count : narrowing.shown()) {
    fuzz::require(count.period_end == Instant::max());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const auto publication = [](std::string_view state) {
    return sharing::Publication::restore(rules(), state);
  };
  const auto narrowing = [](std::string_view state) {
    return sharing::Narrowing::restore(rules().k_max, state);
  };
  fuzz::check_state(bytes, publication, go_on);
  fuzz::check_state(bytes, narrowing, check_shown);
  return 0;
}
