// One core's share of the sessions: an io_context, its thread, and one timer for all its sessions.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "hub/session/services.h"
#include "hub/session/session.h"
#include "hub/session/signal.h"
#include "hub/session/waiting_line.h"

namespace commonwatch::session {

class Shard {
 public:
  explicit Shard(Services& services);
  ~Shard();

  pipeline::Executor executor() { return context_.get_executor(); }
  // For its sessions.
  SharedSending& shared() { return shared_; }

  // Starts the thread.
  void start();
  // Any thread: tells every session that the hub stops, also those that come yet. The n-th of
  // `count` sessions is asked to come back after n/count of `spread`.
  void drain(std::string reason, std::chrono::milliseconds spread);
  // Sessions that are left. Any thread.
  std::size_t sessions() const { return sessions_count_; }
  // Of every session. Any thread but the shard's, which it waits for: not once it was stopped.
  std::vector<SessionReport> describe();
  // Likewise; false: it has no such session.
  bool close(const std::string& session, const std::string& reason);
  // Ends the thread, with whatever is left.
  void stop();

  // On this shard's thread.
  WaitingLine& waiting_line() { return waiting_line_; }
  // The session's whole life. On this shard's thread.
  Task<void> serve(std::shared_ptr<Session> session);

 private:
  Task<void> watch_clock();
  // From now on its sessions are told of what is new in the channel's feed.
  void listen(pipeline::Channel& channel);
  void notice(const pipeline::Channel& channel);
  // Runs `work` on the shard's thread and waits for what it returns.
  template <class Work>
  auto ask(Work work);

  Services& services_;
  // Outlive the context: what is still under way goes with it, and gives back what it holds of these.
  SharedSending shared_;
  WaitingLine waiting_line_;
  boost::asio::io_context context_{1};
  Timer clock_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::atomic<std::size_t> sessions_count_{0};
  std::optional<wire::GoingAway> going_away_;
  std::vector<std::shared_ptr<void>> listening_;  // to each channel's feed
  std::thread thread_;
};

}  // namespace commonwatch::session
