#include "hub/storage/record_keys.h"

#include <cstring>
#include <fstream>
#include <sstream>

#include "hub/storage/byte_codec.h"
#include "hub/storage/sha256.h"
#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kBlockBytes = 64;  // of SHA-256
constexpr char kInnerMask = 0x36;
constexpr char kOuterMask = 0x5c;

std::string masked(std::string_view secret, char mask) {
  std::string block(secret);
  block.resize(kBlockBytes, '\0');
  for (char& byte : block) byte = static_cast<char>(byte ^ mask);
  return block;
}

}  // namespace

std::string encode_key(const model::RecordKey& key) {
  std::string bytes;
  for (const std::uint64_t word : key.words) put_big(bytes, word);
  return bytes;
}

model::RecordKey decode_key(std::string_view bytes) {
  Reader reader(bytes);
  const auto high = reader.big<std::uint64_t>();
  return {{high, reader.big<std::uint64_t>()}};
}

RecordKeys::RecordKeys(std::string_view secret)
    : inner_(masked(secret, kInnerMask)), outer_(masked(secret, kOuterMask)) {
  const Hash hash = sha256("commonwatch record key " + std::string(secret));
  std::memcpy(&fingerprint_, hash.data(), sizeof(fingerprint_));
}

model::RecordKey RecordKeys::of(const model::RecordKey& unkeyed) const {
  thread_local std::string bytes;
  thread_local std::string digest;
  bytes.assign(inner_);
  for (const std::uint64_t word : unkeyed.words) put_big(bytes, word);
  digest.clear();
  append_sha256(bytes, digest);
  bytes.assign(outer_);
  bytes.append(digest);
  digest.clear();
  append_sha256(bytes, digest);
  return decode_key(digest);
}

Result<std::unique_ptr<RecordKeys>> RecordKeys::open(const std::filesystem::path& file,
                                                     bool may_make) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed) && !failed) {
    if (!may_make) {
      return make_error(ErrorCode::kInternal,
                        file.string() +
                            " is gone, and with it the names of the records that were reduced; "
                            "restore the data directory from a backup");
    }
    const std::string secret = random_bytes(kSecretBytes);
    if (auto written = write_whole_file(file, secret); !written) return written.error();
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream secret;
  secret << stream.rdbuf();
  if (!stream || secret.view().size() != kSecretBytes) {
    return make_error(ErrorCode::kInternal, file.string() +
                                                " is not readable, or not of 32 bytes; restore it "
                                                "from a backup");
  }
  return std::make_unique<RecordKeys>(secret.view());
}

}  // namespace commonwatch::storage
