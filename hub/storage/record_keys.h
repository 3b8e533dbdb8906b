// Names of records that may outlive the records: a hash under a key that never leaves the data
// directory, so that whoever holds an index, a skeleton or a backup without the key cannot try out
// record ids. Immutable; any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/model/record.h"

namespace commonwatch::storage {

inline constexpr std::size_t kRecordKeyBytes = 16;

class RecordKeys {
 public:
  // Reads the key, 32 random bytes; makes the file (mode 0600) if it is absent and `may_make`.
  static Result<std::unique_ptr<RecordKeys>> open(const std::filesystem::path& file, bool may_make);
  explicit RecordKeys(std::string_view secret);

  // HMAC-SHA-256 over the source's and record's unkeyed hash, the first 128 bits.
  model::RecordKey of(const model::SourceName& source, std::string_view record_id) const {
    return of(model::record_key(source, record_id));
  }
  model::RecordKey of(const model::RecordKey& unkeyed) const;
  // Says which key this is, and nothing about it.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::string inner_;  // the key, padded and masked for either pass
  std::string outer_;
  std::uint64_t fingerprint_ = 0;
};

std::string encode_key(const model::RecordKey& key);
// Of kRecordKeyBytes.
model::RecordKey decode_key(std::string_view bytes);

}  // namespace commonwatch::storage
