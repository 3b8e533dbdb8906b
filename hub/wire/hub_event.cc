#include "hub/wire/hub_event.h"

#include "commonwatch/log/v1/log.pb.h"
#include "hub/wire/parse.h"

namespace commonwatch::wire {

std::string encode_hub_event(const HubEvent& event) {
  log::v1::HubEvent message;
  if (const auto* configuration = std::get_if<Configuration>(&event)) {
    log::v1::Configuration& to = *message.mutable_configuration();
    to.set_engine_version(configuration->engine_version);
    to.set_hub(configuration->hub);
    to.set_settings(configuration->settings);
  } else {
    message.mutable_end();
  }
  return message.SerializeAsString();
}

Result<HubEvent> decode_hub_event(std::string_view payload) {
  log::v1::HubEvent message;
  if (!parse_binary(payload, message)) {
    return make_error(
        ErrorCode::kInternal,
        "an event of the hub's own is not in protobuf encoding; run verify on the log");
  }
  switch (message.event_case()) {
    case log::v1::HubEvent::kConfiguration:
      return HubEvent(Configuration{message.configuration().engine_version(),
                                    message.configuration().hub(),
                                    message.configuration().settings()});
    case log::v1::HubEvent::kEnd:
      return HubEvent(End{});
    case log::v1::HubEvent::EVENT_NOT_SET:
      break;
  }
  return make_error(ErrorCode::kInternal,
                    "an event of the hub's own is of a kind that this hub does not know; was it "
                    "written by a newer hub?");
}

}  // namespace commonwatch::wire
