// One replay of a session: reads on the replay pool, waits for its moment, hands over one step at
// a time. The session's writer takes the frames; until it has, nothing more is read. On the
// session's io_context.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "hub/session/message_queue.h"
#include "hub/session/outbox.h"
#include "hub/session/services.h"
#include "hub/wire/server_message.h"

namespace commonwatch::session {

class Replayer : public std::enable_shared_from_this<Replayer> {
 public:
  Replayer(Services& services, Outbox& outbox, pipeline::Executor executor,
           wire::Encoding encoding, access::Principal principal, wire::ReplayRequest request);
  ~Replayer();

  // Told what was handed over, and why it failed if it did.
  using Ended = std::function<void(const wire::ReplayEnd& sent, const std::optional<Error>&)>;

  // Runs until the end, a failure or `cancel`; then calls `ended`.
  void start(Ended ended);
  void control(const wire::ReplayControl& control);
  // Whether the principal, as it is now, may have this replay. kForbidden.
  Result<void> check_rights(const access::Principal& principal) const {
    return pipeline::check_rights(request_, principal, services_.replay_sources);
  }
  void cancel();
  // The connection is gone: ends without a word.
  void abandon();

  // The next frame to send, or nothing.
  SharedBytes next();

 private:
  pipeline::Task<void> run();
  pipeline::Task<Result<void>> begin();
  // What `control` asked for since the last step; false: the replay is over.
  pipeline::Task<bool> obey();
  // Until the step's moment has come, at this speed.
  pipeline::Task<void> wait_for_moment(Instant reached);
  pipeline::Task<void> hand_over(std::vector<std::string> frames);
  pipeline::Task<void> wait_for_more();
  void refuse(const Error& error);
  void finish(wire::ReplayEndReason reason);
  bool is_over() const { return cancelled_ || abandoned_; }

  Services& services_;
  Outbox& outbox_;
  pipeline::Executor executor_;
  wire::Encoding encoding_;
  access::Principal principal_;
  wire::ReplayRequest request_;
  std::shared_ptr<pipeline::Replay> replay_;
  Signal signal_;
  MessageQueue frames_;
  // Of what was handed over: a step that was read and then dropped does not count.
  wire::ReplayEnd sent_;
  std::optional<Error> failure_;
  bool counted_ = false;
  bool paused_ = false;
  bool cancelled_ = false;
  bool abandoned_ = false;
  double speed_ = 0;
  std::optional<Instant> seek_;
  // Where the replay's time stood, and when, since speed or place last changed.
  std::optional<Instant> anchor_;
  SteadyClock::time_point anchored_at_{};
};

}  // namespace commonwatch::session
