// Invariants checked: any bytes are a publication, or the figures of one audience, or refused with
// a sentence; what is restored is written and restored as the same; no figure below the audience's
// number is shown by a publication that is restored.
#include "hub/sharing/narrowing.h"
#include "hub/sharing/publication.h"
#include "tests/fuzz/picture_settings.h"
#include "tests/fuzz/sealed_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch;
  const std::string_view bytes = fuzz::text_of(data, size);
  static const sharing::PublicationRules rules = fuzz::publication_rules();
  fuzz::check_state(bytes, [](std::string_view state) {
    auto publication = sharing::Publication::restore(rules, state);
    if (publication) publication->shown();
    return publication;
  });
  fuzz::check_state(bytes, [](std::string_view state) {
    auto narrowing = sharing::Narrowing::restore(rules.k_max, state);
    if (narrowing) narrowing->shown();
    return narrowing;
  });
  return 0;
}
