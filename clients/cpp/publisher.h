// Publishes the events of one source: spools them, sends them, and sends again what was not
// acknowledged, over breaks of the connection, kills of either side and restarts.
//
//   Publisher publisher({.connect = {...}, .source = "county-ems/cad-1", .spool = "/var/..."}, {});
//   publisher.append(event).value();
//   publisher.drain(std::nullopt).value();
//
// append, drain, stop and the counts may be called from any thread. The network runs on a thread of
// the publisher's own; listeners are called there, must not block, and must not call append or
// drain. What is appended and synced is sent by the next publisher on the same spool if this one
// does not get to it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "clients/cpp/connection.h"
#include "clients/cpp/link.h"
#include "clients/cpp/spool.h"
#include "commonwatch/v1/event.pb.h"

namespace commonwatch::client {

struct PublisherOptions {
  ConnectOptions connect;
  std::string source;           // `partner/source`
  std::filesystem::path spool;  // directory, of this source and hub alone
  SpoolLimits spool_limits{};
  std::uint32_t batch_events_max = 500;
  // How long events wait for a batch to fill.
  std::chrono::milliseconds linger{200};
  std::uint32_t publishes_in_flight_max = 8;
  // Gives up when events wait and no hub took any for so long, over several attempts; 0: never.
  std::chrono::milliseconds retry_max{0};
  // When the hub lost events that the spool no longer holds: go on behind what it has.
  bool accept_loss = false;
};

// An event that the hub consumed and did not store.
struct RejectedEvent {
  std::uint64_t sequence = 0;
  std::string origin;  // as given to append
  v1::ErrorCode code = v1::ERROR_CODE_UNSPECIFIED;
  std::string field;
  std::string message;
  std::string payload;  // the encoded event
};

struct PublisherListener {
  LinkListener on_link{};
  std::function<void(const RejectedEvent&)> on_rejected{};
};

// Of this run.
struct PublisherCounts {
  std::uint64_t appended = 0;
  std::uint64_t resumed = 0;  // found in the spool, not acknowledged
  std::uint64_t pending = 0;  // not acknowledged now
  std::uint64_t stored = 0;
  std::uint64_t repeated = 0;
  std::uint64_t rejected = 0;
};

class PublisherSession;

class Publisher {
 public:
  // Opens the spool and starts to connect. Throws FaultError if the spool cannot be used.
  Publisher(PublisherOptions options, PublisherListener listener);
  // Stops at once; what is not acknowledged stays in the spool.
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Blocks while the spool is full. A fault: the event cannot be sent (kBadInput), the spool
  // failed, or the publisher has ended (see drain).
  Result<void> append(const v1::Event& event, std::string_view origin = {}, const Mark& mark = {});
  // Makes what was appended durable on this machine.
  Result<void> sync();
  // Records how far an input is spooled, without an event.
  Result<void> set_mark(const Mark& mark);
  std::map<std::string, std::uint64_t> marks() const;

  // Returns when everything is acknowledged, with kStopped after stop(), with kUnreachable after
  // the timeout, or with the fault that ended the publisher: it is not retryable.
  Result<void> drain(std::optional<std::chrono::milliseconds> timeout);
  // Makes append and drain return.
  void stop();
  // Whether a fault ended it: nothing more will be sent.
  bool ended() const;

  PublisherCounts counts() const;
  const Spool& spool() const;

 private:
  std::shared_ptr<PublisherSession> session_;
  std::thread thread_;
};

}  // namespace commonwatch::client
