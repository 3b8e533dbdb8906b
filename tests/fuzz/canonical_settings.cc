// Invariants checked: any text says something of audiences and terms, if nothing; what it says,
// written as canonical text and read again, says the same; ids are given once.
#include <algorithm>
#include <set>

#include "hub/sharing/agreement.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;
using sharing::Settings;

bool is_plain(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  return !text.empty() && text.find_first_not_of(kPlain) == text.npos;
}

// A canonical text has no other ids: others could look like parts of a key.
bool is_plain(const Settings& settings) {
  for (const sharing::Audience& audience : settings.audiences) {
    if (!is_plain(audience.id) || audience.id == sharing::kOpenAudience) return false;
  }
  for (const sharing::Agreement& agreement : settings.agreements) {
    if (!is_plain(agreement.partner)) return false;
    for (const sharing::Term& term : agreement.terms) {
      const auto plain = [](const std::string& purpose) { return is_plain(purpose); };
      if (!is_plain(term.audience) || !std::ranges::all_of(term.purposes, plain)) return false;
    }
  }
  return true;
}

void check_once(const Settings& settings) {
  std::set<std::string> ids;
  for (const sharing::Audience& audience : settings.audiences) {
    require(ids.insert(audience.id).second);
  }
  ids.clear();
  for (const sharing::Agreement& agreement : settings.agreements) {
    require(ids.insert(agreement.partner).second);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Settings settings = Settings::of_canonical(fuzz::text_of(data, size));
  check_once(settings);
  if (!is_plain(settings)) return 0;
  const std::string written = settings.canonical();
  require(Settings::of_canonical(written).canonical() == written);
  return 0;
}
