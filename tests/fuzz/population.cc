// Invariants checked: a file is a list of cells, in order, each valid and once, or refused with its
// name, the line and a sentence; points fall into cells of the level that is asked for.
#include "hub/app/population.h"

#include "tests/fuzz/memory_file.h"

namespace {

using namespace commonwatch;
using fuzz::require;

constexpr int kLevel = 11;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const fuzz::MemoryFile file(text);
  try {
    const auto population = app::read_population(file.path(), kLevel);
    for (std::size_t i = 0; i < population.size(); ++i) {
      require(population[i].cell.is_valid());
      require(i == 0 || population[i - 1].cell < population[i].cell);
      require(!text.starts_with("latitude") || population[i].cell.level() == kLevel);
    }
  } catch (const Failure& failure) {
    fuzz::check_error(failure.error());
    require(failure.error().message.starts_with(file.path() + ":"));
  }
  return 0;
}
