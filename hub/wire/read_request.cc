#include "hub/wire/read_request.h"

#include <utility>

#include "hub/wire/decision.h"
#include "hub/wire/read_event.h"

namespace commonwatch::wire {
namespace {

constexpr std::size_t kTokenBytesMax = 512;
constexpr std::size_t kClientBytesMax = 128;
constexpr std::size_t kPurposeBytesMax = 64;
constexpr std::size_t kAlertIdBytesMax = 64;
// Each name, and each kind, is compared with every event that is read.
constexpr int kFilterNamesMax = 100;

Error invalid(std::string field, const std::string& expected) {
  std::string message = field + " must be " + expected + "; correct it and ask again";
  return make_error(ErrorCode::kInvalidRequest, std::move(message), std::move(field));
}

Error no_such_value(std::string field) {
  return invalid(std::move(field), "one of the values that the schema names");
}

model::AreaRequest read_area(const v1::Area& from) {
  model::AreaRequest area;
  if (from.has_bounding_box()) {
    const auto& box = from.bounding_box();
    area.bounding_box.push_back({box.south(), box.west(), box.north(), box.east()});
  }
  area.polygon.reserve(static_cast<std::size_t>(from.polygon().vertices_size()));
  for (const auto& vertex : from.polygon().vertices()) {
    area.polygon.push_back({vertex.latitude(), vertex.longitude()});
  }
  area.cells.assign(from.cells().begin(), from.cells().end());
  return area;
}

Result<ClientMessage> read(v1::Hello& from) {
  const auto at_most = [](std::size_t bytes) {
    return "at most " + std::to_string(bytes) + " bytes";
  };
  if (from.token().size() > kTokenBytesMax) return invalid("hello.token", at_most(kTokenBytesMax));
  if (from.client().size() > kClientBytesMax) {
    return invalid("hello.client", at_most(kClientBytesMax));
  }
  if (from.purpose().size() > kPurposeBytesMax) {
    return invalid("hello.purpose", at_most(kPurposeBytesMax));
  }
  return ClientMessage(Hello{std::move(*from.mutable_token()), std::move(*from.mutable_client()),
                             std::move(*from.mutable_purpose())});
}

Result<ClientMessage> read(v1::OpenSource& from) {
  if (from.source().size() > kSourceNameBytesMax) {
    return invalid("open_source.source",
                   "a name of at most " + std::to_string(kSourceNameBytesMax) + " bytes");
  }
  return ClientMessage(
      OpenSource{std::move(*from.mutable_source()), model::Sequence(from.acknowledged_sequence())});
}

// A polygon without vertices would otherwise mean everywhere.
std::optional<Error> find_area_fault(const v1::Area& area) {
  if (!area.has_polygon() || area.polygon().vertices_size() > 0) return std::nullopt;
  return make_error(ErrorCode::kAreaInvalid,
                    "the polygon has no vertices; send 3 or more, or no area for everywhere",
                    "area.polygon");
}

Result<ClientMessage> read(v1::Subscribe& from) {
  if (auto fault = find_area_fault(from.area())) return std::move(*fault);
  Subscribe to{from.subscription(), read_area(from.area()), std::nullopt};
  if (from.has_resume()) {
    to.resume = model::Position{model::EngineEpoch(from.resume().engine_epoch()),
                                model::Version(from.resume().version())};
  }
  return ClientMessage(std::move(to));
}

Result<ClientMessage> read(v1::UpdateSubscription& from) {
  if (auto fault = find_area_fault(from.area())) return std::move(*fault);
  return ClientMessage(UpdateSubscription{from.subscription(), read_area(from.area())});
}

// Reads one of the replay's times; false if it is none.
bool read_time(const google::protobuf::Timestamp& from, std::optional<Instant>& to) {
  to = read_instant(from);
  return to.has_value();
}

std::optional<Error> read_range(const v1::Replay& from, ReplayRequest& to) {
  constexpr const char* kTime = "a time in the years 1 to 9999";
  switch (from.start_case()) {
    case v1::Replay::kFromRecorded:
      if (!read_time(from.from_recorded(), to.from_recorded)) {
        return invalid("replay.from_recorded", kTime);
      }
      break;
    case v1::Replay::kFromOccurred:
      if (!read_time(from.from_occurred(), to.from_occurred)) {
        return invalid("replay.from_occurred", kTime);
      }
      break;
    case v1::Replay::kFromCursor:
      to.from_cursor = from.from_cursor();
      break;
    case v1::Replay::START_NOT_SET:
      break;
  }
  if (from.has_to_recorded() && !read_time(from.to_recorded(), to.to_recorded)) {
    return invalid("replay.to_recorded", kTime);
  }
  if (from.has_to_occurred() && !read_time(from.to_occurred(), to.to_occurred)) {
    return invalid("replay.to_occurred", kTime);
  }
  return std::nullopt;
}

std::optional<Error> read_names(const google::protobuf::RepeatedPtrField<std::string>& from,
                                const char* field, std::vector<std::string>& to) {
  if (from.size() > kFilterNamesMax) {
    return invalid(field, "at most " + std::to_string(kFilterNamesMax) + " names");
  }
  for (const std::string& name : from) {
    if (name.size() > kSourceNameBytesMax) {
      return invalid(field, "names of at most " + std::to_string(kSourceNameBytesMax) + " bytes");
    }
  }
  to.assign(from.begin(), from.end());
  return std::nullopt;
}

std::optional<Error> read_filter(const v1::ReplayFilter& from, ReplayRequest& to) {
  if (auto fault = read_names(from.partners(), "replay.filter.partners", to.partners)) return fault;
  if (auto fault = read_names(from.sources(), "replay.filter.sources", to.sources)) return fault;
  if (from.kinds_size() > kFilterNamesMax) {
    return invalid("replay.filter.kinds", "at most " + std::to_string(kFilterNamesMax) + " kinds");
  }
  for (const int kind : from.kinds()) {
    if (!v1::EventKind_IsValid(kind) || kind == v1::EVENT_KIND_UNSPECIFIED) {
      return no_such_value("replay.filter.kinds");
    }
    to.kinds.push_back(static_cast<model::EventKind>(kind));
  }
  if (auto fault = find_area_fault(from.area())) return fault;
  to.area = read_area(from.area());
  return std::nullopt;
}

Result<ClientMessage> read(v1::Replay& from) {
  if (!v1::ReplayMode_IsValid(from.mode())) return no_such_value("replay.mode");
  if (!v1::Knowledge_IsValid(from.knowledge())) return no_such_value("replay.knowledge");
  ReplayRequest to;
  to.replay = from.replay();
  to.mode = static_cast<ReplayMode>(from.mode());
  to.audience = std::move(*from.mutable_audience());
  if (auto fault = read_range(from, to)) return std::move(*fault);
  if (auto fault = read_filter(from.filter(), to)) return std::move(*fault);
  to.knowledge_now = from.knowledge() == v1::KNOWLEDGE_NOW;
  to.speed = from.speed();
  to.follow = from.follow();
  return ClientMessage(std::move(to));
}

Result<ClientMessage> read(v1::ReplayControl& from) {
  ReplayControl to;
  to.replay = from.replay();
  switch (from.control_case()) {
    case v1::ReplayControl::kPause:
      to.pause = from.pause();
      break;
    case v1::ReplayControl::kSpeed:
      to.speed = from.speed();
      break;
    case v1::ReplayControl::kSeekRecorded:
      if (!read_time(from.seek_recorded(), to.seek_recorded)) {
        return invalid("replay_control.seek_recorded", "a time in the years 1 to 9999");
      }
      break;
    case v1::ReplayControl::kCancel:
      to.cancel = from.cancel();
      break;
    case v1::ReplayControl::CONTROL_NOT_SET:
      break;
  }
  return ClientMessage(to);
}

Result<ClientMessage> read(v1::AcknowledgeAlert& from) {
  if (from.request() == 0) return invalid("acknowledge_alert.request", "a number above 0");
  if (from.alert_id().empty() || from.alert_id().size() > kAlertIdBytesMax) {
    return invalid("acknowledge_alert.alert_id", "the id of an alert");
  }
  if (from.alert_version() == 0) {
    return invalid("acknowledge_alert.alert_version", "the version that is answered");
  }
  if (!v1::AlertAction_IsValid(from.action()) ||
      from.action() == v1::ALERT_ACTION_UNSPECIFIED) {
    return no_such_value("acknowledge_alert.action");
  }
  return ClientMessage(AcknowledgeAlert{
      std::move(*from.mutable_alert_id()), from.alert_version(),
      static_cast<model::AlertAction>(from.action()), from.request()});
}

Result<ClientMessage> read(v1::Decide& from) {
  if (from.request() == 0) return invalid("decide.request", "a number above 0");
  switch (from.subject_case()) {
    case v1::Decide::kPair: {
      auto pair = read_pair(from.pair());
      if (pair.has_error()) return pair.error();
      return ClientMessage(Decide{from.request(), std::move(*pair)});
    }
    case v1::Decide::kSite: {
      auto site = read_site(from.site());
      if (site.has_error()) return site.error();
      return ClientMessage(Decide{from.request(), std::move(*site)});
    }
    case v1::Decide::SUBJECT_NOT_SET:
      break;
  }
  return invalid("decide.pair", "given, or decide.site");
}

// Nothing that this hub knows is set: fields that it does not know come from a newer client.
Error nothing_set(const v1::ClientMessage& message) {
  if (message.GetReflection()->GetUnknownFields(message).empty()) {
    return make_error(ErrorCode::kMalformedMessage,
                      "the message is empty; set one of the fields of ClientMessage");
  }
  return make_error(ErrorCode::kUnsupported,
                    "this hub does not know the request; use one that its version documents");
}

}  // namespace

Result<ClientMessage> read_request(v1::ClientMessage& message) {
  switch (message.message_case()) {
    case v1::ClientMessage::kHello:
      return read(*message.mutable_hello());
    case v1::ClientMessage::kOpenSource:
      return read(*message.mutable_open_source());
    case v1::ClientMessage::kSubscribe:
      return read(*message.mutable_subscribe());
    case v1::ClientMessage::kUpdateSubscription:
      return read(*message.mutable_update_subscription());
    case v1::ClientMessage::kUnsubscribe:
      return ClientMessage(Unsubscribe{message.unsubscribe().subscription()});
    case v1::ClientMessage::kReplay:
      return read(*message.mutable_replay());
    case v1::ClientMessage::kReplayControl:
      return read(*message.mutable_replay_control());
    case v1::ClientMessage::kAcknowledgeAlert:
      return read(*message.mutable_acknowledge_alert());
    case v1::ClientMessage::kDecide:
      return read(*message.mutable_decide());
    case v1::ClientMessage::kPublish:
    case v1::ClientMessage::MESSAGE_NOT_SET:
      break;
  }
  return nothing_set(message);
}

}  // namespace commonwatch::wire
