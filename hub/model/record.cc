#include "hub/model/record.h"

#include "hub/model/sip_hash.h"

namespace commonwatch::model {
namespace {

// Fixed, part of the log's format: nobody can make two records collide by choosing their names,
// short of 2^64 attempts.
constexpr std::array<std::uint64_t, 2> kKey = {0x434f4d4d4f4e5741, 0x5443482f494e4349};

}  // namespace

// A source's name holds no zero byte, so that the pair cannot be cut in two ways.
RecordKey record_key(const SourceName& source, std::string_view record_id) {
  SipHash hash(kKey);
  hash.update(source.text());
  hash.update(std::string_view("\0", 1));
  hash.update(record_id);
  return RecordKey{hash.finish()};
}

}  // namespace commonwatch::model
