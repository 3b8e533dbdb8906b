// What the log says of pages.
#pragma once

#include <vector>

#include "hub/model/paging.h"
#include "hub/storage/event_log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::delivery::test {

// Every paging record that is durable, in order.
inline std::vector<model::Paging> paging_records(const storage::EventLog& log) {
  std::vector<model::Paging> all;
  for (model::Offset next{0}; next < log.durable().end;) {
    const auto chunk = log.read(next).value().value();
    next = chunk.end();
    for (const storage::Entry& entry : chunk.entries) {
      const auto event = wire::decode_hub_event(entry.payload).value();
      if (const auto* step = std::get_if<model::Paging>(&event)) all.push_back(*step);
    }
  }
  return all;
}

}  // namespace commonwatch::delivery::test
