// What a session works with. Everything outlives every session.
#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "hub/access/identity.h"
#include "hub/base/clock.h"
#include "hub/pipeline/audit_trail.h"
#include "hub/pipeline/channel.h"
#include "hub/pipeline/decisions.h"
#include "hub/pipeline/ingest.h"
#include "hub/pipeline/replay.h"
#include "hub/session/inbound.h"
#include "hub/session/live_limits.h"
#include "hub/session/replay_count.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::session {

struct Services {
  const Clock& clock;
  const LiveLimits& limits;
  access::Identity& identity;
  pipeline::Ingest& ingest;
  const pipeline::Channels& channels;
  const pipeline::ReplaySources& replay_sources;
  boost::asio::thread_pool& replay_pool;
  // Its threads wait for the disk, so that a shard does not; they have the priority of a shard.
  boost::asio::thread_pool& file_pool;
  telemetry::Metrics& metrics;
  std::function<bool()> is_ready;
  pipeline::Decisions& decisions;
  pipeline::AuditTrail& audit;
  ReplayCount replays{};
  // Connections that were taken, of all listeners: each session is called by its number.
  std::atomic<std::uint64_t> taken{0};
  // What has not come whole yet, of the whole hub.
  Inbound inbound{};
};

}  // namespace commonwatch::session
