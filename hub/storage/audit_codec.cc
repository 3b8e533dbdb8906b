#include "hub/storage/audit_codec.h"

#include "hub/storage/byte_codec.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kChecksummedAt = 5;

// Format and checksum before what they are of.
std::string seal(std::string_view body) {
  std::string value;
  value.reserve(kChecksummedAt + body.size());
  put_little(value, kFormat);
  put_little(value, crc32c(body));
  value.append(body);
  return value;
}

// What `seal` was given; an error says what is wrong with `name`.
Result<std::string_view> unseal(const std::string& name, std::string_view value) {
  const auto broken = [&](const std::string& what) {
    return make_error(ErrorCode::kInternal,
                      name + ": " + what + "; run audit verify, then restore from a backup");
  };
  Reader reader(value);
  const auto format = reader.little<std::uint8_t>();
  const auto checksum = reader.little<std::uint32_t>();
  if (!reader.good()) return broken("it is cut short");
  if (format != kFormat) {
    return broken("its format is " + std::to_string(format) + ", this hub reads 1");
  }
  const std::string_view body = value.substr(kChecksummedAt);
  if (crc32c(body) != checksum) return broken("its checksum does not hold");
  return body;
}

}  // namespace

std::string audit_key(model::AuditSequence sequence) {
  std::string key;
  put_big(key, sequence.value());
  return key;
}

std::optional<model::AuditSequence> decode_audit_key(std::string_view key) {
  Reader reader(key);
  const model::AuditSequence sequence(reader.big<std::uint64_t>());
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return sequence;
}

Hash AuditLink::head() const {
  std::string bytes(before);
  put_little(bytes, sequence.value());
  put_little(bytes, to_micros(at));
  bytes.append(payload);
  return sha256(bytes);
}

std::string encode_audit_value(Instant at, const Hash& head, std::string_view payload) {
  std::string body;
  body.reserve(sizeof(std::int64_t) + head.size() + payload.size());
  put_little(body, to_micros(at));
  body.append(head);
  body.append(payload);
  return seal(body);
}

Result<StoredAuditRecord> decode_audit_value(model::AuditSequence sequence,
                                             std::string_view value) {
  const std::string name = "audit record " + std::to_string(sequence.value());
  const auto body = unseal(name, value);
  if (!body) return body.error();
  Reader reader(*body);
  StoredAuditRecord record;
  record.at = instant_from_micros(reader.little<std::int64_t>());
  record.head.assign(reader.take(kHashBytes));
  if (!reader.good()) {
    return make_error(ErrorCode::kInternal, name + ": it is cut short; restore from a backup");
  }
  record.payload.assign(body->substr(reader.position()));
  return record;
}

std::string encode_anchor(const AuditLink& link) {
  std::string body;
  put_little(body, link.sequence.value());
  put_little(body, to_micros(link.at));
  body.append(link.before);
  body.append(link.payload);
  return seal(body);
}

Result<AuditLink> decode_anchor(std::string_view value) {
  const auto body = unseal("the anchor of the audit log", value);
  if (!body) return body.error();
  Reader reader(*body);
  AuditLink link;
  link.sequence = model::AuditSequence(reader.little<std::uint64_t>());
  link.at = instant_from_micros(reader.little<std::int64_t>());
  link.before.assign(reader.take(kHashBytes));
  link.payload.assign(reader.take(kHashBytes));
  if (!reader.good() || !reader.at_end()) {
    return make_error(ErrorCode::kInternal,
                      "the anchor of the audit log has a wrong length; restore from a backup");
  }
  return link;
}

}  // namespace commonwatch::storage
