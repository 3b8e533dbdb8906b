// Messages of a hub, in short.
#pragma once

#include <string>
#include <vector>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::test {

inline v1::ServerMessage make_snapshot(std::uint64_t version, bool refused = false) {
  v1::ServerMessage message;
  message.mutable_snapshot()->mutable_position()->set_engine_epoch(5);
  message.mutable_snapshot()->mutable_position()->set_version(version);
  message.mutable_snapshot()->set_resume_refused(refused);
  return message;
}

inline v1::ServerMessage make_progress(std::uint64_t version) {
  v1::ServerMessage message;
  message.mutable_progress()->mutable_position()->set_engine_epoch(5);
  message.mutable_progress()->mutable_position()->set_version(version);
  return message;
}

inline v1::ServerMessage make_tile(std::uint64_t tile, std::uint64_t version,
                                   const std::vector<std::string>& ids) {
  v1::ServerMessage message;
  message.mutable_tile()->set_tile(tile);
  message.mutable_tile()->set_version(version);
  for (const auto& id : ids) message.mutable_tile()->add_hotspots()->set_id(id);
  return message;
}

inline v1::ServerMessage make_delta(std::uint64_t tile, std::uint64_t version,
                                    std::uint64_t previous, const std::vector<std::string>& changed,
                                    const std::vector<std::string>& removed) {
  v1::ServerMessage message;
  message.mutable_delta()->set_tile(tile);
  message.mutable_delta()->set_version(version);
  message.mutable_delta()->set_previous(previous);
  for (const auto& id : changed) message.mutable_delta()->add_changed()->set_id(id);
  for (const auto& id : removed) message.mutable_delta()->add_removed(id);
  return message;
}

}  // namespace commonwatch::test
