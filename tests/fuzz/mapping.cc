// Invariants checked: any text is a mapping or an InputError that begins with the file's name; a
// mapping maps any rows to events or faults without ending the program. The input is the mapping
// and, behind the first zero byte, the CSV.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clients/cli/input/readers.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace commonwatch::cli;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find('\0');
  const std::string_view csv =
      cut == std::string_view::npos ? std::string_view() : input.substr(cut + 1);
  try {
    // A folder that does not exist, so that no key file is ever read.
    Mapping mapping = parse_mapping(input.substr(0, cut), "fuzz.toml", "/nonexistent");
    const auto reader = make_csv_reader(InputWindow(bytes_of(std::string(csv))), std::move(mapping),
                                        "fuzz.csv", false);
    while (reader->next()) {
    }
  } catch (const InputError& error) {
    commonwatch::fuzz::require(std::string_view(error.what()).starts_with("fuzz."));
  }
  return 0;
}
