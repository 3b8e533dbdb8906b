// Invariants checked: bytes behind a sound length and checksum are a record of the client's spool,
// or damaged, or cut short; a record, written and read again, is the same and as long; applied, it
// never takes back what was acknowledged.
#include <cstring>

#include "clients/cpp/crc32c.h"
#include "clients/cpp/spool_record.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using namespace commonwatch::client;
using fuzz::require;

// A record's frame around the bytes.
std::string sealed(std::string_view body) {
  Crc32c sum;
  sum.add(body);
  const std::uint32_t words[] = {static_cast<std::uint32_t>(body.size()), sum.value()};
  std::string framed(sizeof(words), '\0');
  std::memcpy(framed.data(), words, sizeof(words));
  return framed.append(body);
}

void check(std::string_view bytes) {
  const DecodedRecord decoded = decode_record(bytes);
  require(decoded.size <= bytes.size());
  if (decoded.status != DecodeStatus::kRecord) return;
  require(decoded.size >= kRecordHeaderBytes);
  std::string written;
  encode_record(decoded.record, written);
  const DecodedRecord again = decode_record(written);
  require(again.status == DecodeStatus::kRecord && again.size == written.size());
  std::string twice;
  encode_record(again.record, twice);
  require(twice == written);
  require(decode_record(std::string_view(written).substr(0, written.size() - 1)).status ==
          DecodeStatus::kIncomplete);
  SpoolState state;
  apply_record(decoded.record, state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  check(bytes);
  check(sealed(bytes));
  return 0;
}
