// Invariants checked: bytes whose checksum holds are a checkpoint or none, and one that is, is
// written as the same bytes. Its state is a picture, live or of figures, or refused with a
// sentence; a picture that is restored is written and restored as the same, can be
// shown, and takes time further.
#include <cstring>

#include "hub/pipeline/picture.h"
#include "hub/storage/checkpoint_store.h"
#include "hub/storage/crc32c.h"
#include "tests/fuzz/picture_settings.h"
#include "tests/fuzz/sealed_state.h"

namespace {

using namespace commonwatch;
using fuzz::require;

constexpr std::size_t kSumAt = 6;
constexpr std::size_t kBodyAt = 10;
constexpr std::size_t kNamesAt =
    8 + 4 + 1 + 8;  // behind magic, format and the layer's first fields
constexpr int kRooms = 5;

std::uint64_t number_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  if (at + sizeof(number) <= bytes.size()) std::memcpy(&number, bytes.data() + at, sizeof(number));
  return number;
}

// Behind the text at `at`; the end, if that is cut off.
std::size_t behind_text(std::string_view bytes, std::size_t at) {
  const std::uint64_t length = number_at(bytes, at);
  const std::size_t left = bytes.size() - std::min(at + 8, bytes.size());
  return length > left ? bytes.size() : at + 8 + length;
}

// The hashes of the rooms' states within the picture's are made to hold as well.
std::string with_sealed_rooms(std::string state) {
  std::size_t at = kNamesAt;
  for (int table = 0; table < 2; ++table) {
    std::uint64_t left = number_at(state, at);
    at += 8;
    while (left-- > 0 && at < state.size()) at = behind_text(state, at);
  }
  for (int room = 0; room < kRooms && at + 8 < state.size(); ++room) {
    const std::size_t end = behind_text(state, at);
    if (end - at >= 8 + fuzz::kStateHashBytes) {
      state.replace(at + 8, end - at - 8,
                    fuzz::sealed_state(std::string_view(state).substr(at + 8, end - at - 8)));
    }
    at = end;
  }
  return state;
}

void go_on(pipeline::Picture& picture) {
  picture.tiles();
  if (picture.version().value() == ~std::uint64_t{0}) return;
  picture.advance(picture.version().next(), picture.as_of() + std::chrono::hours(24));
  picture.tiles();
}

void check_picture(const pipeline::PictureSettings& settings, std::string_view state) {
  const auto restore = [&](std::string_view bytes) {
    return pipeline::Picture::restore(settings, bytes);
  };
  fuzz::check_state(state, restore, go_on);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(fuzz::text_of(data, size));
  if (size > kBodyAt) {
    const auto sum = storage::crc32c(std::string_view(bytes).substr(kBodyAt));
    std::memcpy(bytes.data() + kSumAt, &sum, sizeof(sum));
  }
  const auto checkpoint = storage::decode_checkpoint(bytes);
  if (!checkpoint) return 0;
  require(storage::encode_checkpoint(*checkpoint) == bytes);
  const std::string state = with_sealed_rooms(checkpoint->state);
  check_picture(fuzz::open_settings(), state);
  check_picture(fuzz::public_settings(), state);
  return 0;
}
