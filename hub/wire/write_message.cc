#include "hub/wire/write_message.h"

#include <google/protobuf/util/json_util.h>

#include "hub/base/error.h"
#include "hub/wire/type_table.h"
#include "hub/wire/write_content.h"

namespace commonwatch::wire {

void write_instant(Instant from, google::protobuf::Timestamp& to) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(from);
  to.set_seconds(seconds.time_since_epoch().count());
  to.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(from - seconds).count()));
}

void write_position(const model::Position& from, v1::Position& to) {
  to.set_engine_epoch(from.epoch.value());
  to.set_version(from.version.value());
}

void write_tile(const model::TileState& from, v1::TileState& to) {
  to.set_tile(from.tile.id());
  to.set_version(from.version.value());
  write_instant(from.as_of, *to.mutable_as_of());
  write_content(from.content, to);
}

void write_delta(const model::TileDelta& from, v1::Delta& to) {
  to.set_tile(from.tile.id());
  to.set_version(from.version.value());
  to.set_previous(from.previous.value());
  write_instant(from.as_of, *to.mutable_as_of());
  write_content(from.changed, to);
  for (const std::string& id : from.removed) to.add_removed(id);
}

void write_progress(const Progress& from, v1::Progress& to) {
  write_position(from.position, *to.mutable_position());
  write_instant(from.as_of, *to.mutable_as_of());
}

void write_published(const Published& from, v1::Published& to) {
  to.set_source(from.source.text());
  to.set_sequence(from.last.value());
  for (const Rejection& rejection : from.rejections) {
    v1::Rejection& written = *to.add_rejections();
    written.set_sequence(rejection.sequence.value());
    written.set_code(static_cast<v1::ErrorCode>(rejection.error.code));
    written.set_field(rejection.error.field);
    written.set_message(rejection.error.message);
  }
  to.set_credit(from.credit.value());
  to.set_chain_head(from.chain_head);
  to.set_stored(from.stored);
  to.set_repeated(from.repeated);
}

void write_source_opened(const SourceOpened& from, v1::SourceOpened& to) {
  to.set_source(from.source.text());
  to.set_last_sequence(from.last.value());
  to.set_credit(from.credit.value());
}

void write_error(const Error& error, const ErrorContext& context, v1::Error& to) {
  to.set_code(static_cast<v1::ErrorCode>(error.code));
  to.set_message(error.message);
  to.set_field(error.field);
  to.set_retryable(context.retryable);
  to.set_retry_after_ms(context.retry_after_ms);
  to.set_closes(context.closes);
  to.set_source(context.source);
  to.set_expected_sequence(context.expected.value());
  to.set_subscription(context.subscription);
  to.set_request(context.request);
}

std::string to_binary(const google::protobuf::Message& message) {
  return message.SerializeAsString();
}

std::string to_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      &type_table(), type_url(message), message.SerializeAsString(), &json, options);
  if (!status.ok()) {
    throw Failure(make_error(
        ErrorCode::kInternal,
        message.GetTypeName() + " cannot be written as JSON: " + std::string(status.message())));
  }
  return json;
}

std::string to_bytes(const google::protobuf::Message& message, Encoding encoding) {
  return encoding == Encoding::kJson ? to_json(message) : to_binary(message);
}

}  // namespace commonwatch::wire
