// All that a session works with, without sockets.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "hub/session/services.h"
#include "tests/access/memory_token_file.h"
#include "tests/pipeline/core.h"

namespace commonwatch::session::test {

// A hub whose replays all run on one thread.
struct Hub {
  tests::TemporaryDirectory directory;
  SystemClock clock;
  Limits limits;
  LiveLimits live{limits};
  telemetry::Metrics metrics;
  tests::Core core{directory.path() / "log"};
  std::unique_ptr<storage::AuditLog> audit_log =
      storage::AuditLog::open(
          {directory.path() / "audit", limits.audit_queued_bytes_max, false, false})
          .value();
  pipeline::AuditTrail audit{*audit_log, clock, limits};
  access::MemoryTokenFile token_file;
  access::Identity identity{{}, {}, token_file, limits};
  pipeline::Decisions decisions{core.log(), core.sources().channels};
  boost::asio::thread_pool pool{1};
  Services services{clock,          live, identity, core.ingest(), core.sources().channels,
                    core.sources(), pool, pool,     metrics,       [] { return true; },
                    decisions,      audit};

  ~Hub() {
    pool.join();
    audit_log->close();
  }
};

}  // namespace commonwatch::session::test
