// One connection's conversation: hello, then reading and writing side by side. On one io_context.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/access/token_bucket.h"
#include "hub/session/arrival.h"
#include "hub/session/authentication.h"
#include "hub/session/connection.h"
#include "hub/session/outbox.h"
#include "hub/session/publisher.h"
#include "hub/session/replayer.h"
#include "hub/session/services.h"
#include "hub/session/session_audit.h"
#include "hub/session/subscriber.h"

namespace commonwatch::session {

// What an operator is told of a session.
struct SessionReport {
  std::string name;
  std::string principal;  // empty before hello
  std::string audience;
  std::string peer;  // address and port
  Instant since{};   // wall clock
  std::vector<std::string> sources;
  std::size_t subscriptions = 0;
  std::size_t replays = 0;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  // `shared` is its shard's, and outlives it.
  Session(Services& services, SharedSending& shared, std::unique_ptr<Connection> connection,
          Arrival arrival, std::string name);
  ~Session();

  // The whole conversation; returns when the connection is gone.
  Task<void> run();

  // Something new in its audience's feed: sends it at once, if nothing else is being sent. Waking
  // the writer of each session for that costs as much again as what the kernel does.
  void notice();
  // Nothing before hello.
  const pipeline::Channel* channel() const { return channel_; }
  // Once a second: rights, heartbeat, time-outs, credit.
  void check_clock();
  // Before a stop: says when to come back, takes no more events, and ends when everything that was
  // taken is acknowledged.
  void drain(std::string reason, std::uint32_t reconnect_after_ms);
  // Tells why, and ends; the client may come back.
  void close(const std::string& reason);
  const std::string& name() const { return name_; }
  SessionReport describe() const;

 private:
  Task<bool> greet();
  Task<void> read_loop();
  // Of a large frame not at once: others on this thread have their turns in between. Nothing: it
  // was a publish, and refused as a whole, or the session ends.
  Task<std::optional<Result<wire::ClientMessage>>> decode(const std::string& frame);
  // Decodes one message and does what it asks.
  // Leaves nothing of the frame.
  Task<void> take(std::string& frame);
  // True: it was, as a whole.
  bool refuse_publish(const wire::PublishHead& head);
  Task<void> let_others();
  Task<void> write_loop();
  Task<void> accept(wire::ClientMessage message);
  // Whether it leaves a record in the audit log, by itself.
  bool is_recorded(const wire::ClientMessage& message) const;
  // kNoSpace, kRateLimited.
  Result<void> check_recorded(const wire::ClientMessage& message);
  // True: it was refused, because it may not be recorded now; nothing is done unrecorded.
  bool refuse_recorded(const wire::ClientMessage& message);
  void accept_subscribe(const wire::Subscribe& request);
  void accept_replay(wire::ReplayRequest request);
  void control_replay(const wire::ReplayControl& control);
  // Waits for what `start` asks of pipeline::Decisions, answers the request, and says what it
  // answered.
  Task<Result<Instant>> record(std::uint32_t request,
                               std::function<void(pipeline::Decisions::RecordedCallback)> start);
  Outgoing next_message();
  // What is to be sent now, as far as one write takes it, in `batch_`.
  void gather();
  // Writes what there is to send, as far as the network takes it at once. False: the writer has to
  // wait for it.
  bool write_now();
  void count_written();
  void answer(const Result<void>& result, std::uint32_t subscription);
  void refuse(const Error& error, const wire::ErrorContext& context);
  // Tells the error, then closes.
  void end(const Error& error, wire::CloseCode code);
  void end(wire::CloseCode code);
  bool heartbeat_due() const;
  // What a message counts as, in requests: a publish, if it is refused.
  static double cost_of(const wire::ClientMessage& message);
  // What a message of so many bytes counts as whose events were not decoded.
  static double cost_of_refused(std::size_t bytes);
  // Waits until the connection may ask `cost` more (session_requests_per_second_max).
  Task<void> pace(double cost = 1);
  // Every time-out follows it.
  Duration now() const { return services_.clock.boot(); }
  // Ends who is silent, or sends more control frames than it may. Once a second.
  void check_heard();
  // Half-way to the silence that ends it, a client is asked for a sign of life.
  void check_silence(const Heard& heard);

  // Looks the principal up again, and what it does against what it now may. False: the session
  // ends.
  bool refresh_rights();
  Result<void> check_uses() const;
  Result<void> check_subscribe() const;
  void end_without_rights(const Error& error);

  Services& services_;
  std::unique_ptr<Connection> connection_;
  Arrival arrival_;
  Authentication authentication_;
  std::string name_;
  SessionAudit audit_;
  wire::Encoding encoding_;
  Outbox outbox_;
  SharedSending& shared_;
  Subscriber subscriber_;
  std::vector<Outgoing> batch_;                   // being written
  const pipeline::Channel* channel_ = nullptr;    // from hello on, as all below
  std::shared_ptr<const pipeline::Epoch> epoch_;  // whose agreements were looked at last
  std::shared_ptr<Publisher> publisher_;
  std::map<std::uint32_t, std::shared_ptr<Replayer>> replayers_;
  std::optional<wire::CloseCode> close_code_;
  access::TokenBucket requests_;
  std::uint64_t control_frames_seen_ = 0;
  std::uint64_t signs_seen_ = 0;
  bool subscribed_ = false;  // counted in the metric
  bool draining_ = false;
  bool waits_for_more_ = false;  // the writer does
  bool gone_ = false;
  Instant since_;
  Duration began_;  // as `now`; so are all below
  Duration last_sent_;
  Duration checked_;   // for signs of life, last
  Duration silent_{};  // as of then
  Duration pinged_{};
  std::optional<Duration> writing_since_;
  std::optional<Duration> closing_since_;
  std::optional<Duration> rights_lost_;
};

}  // namespace commonwatch::session
