#include "hub/session/shard.h"

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <utility>

namespace commonwatch::session {

Shard::Shard(Services& services)
    : services_(services), shared_(services.metrics), clock_(context_.get_executor()) {}

Shard::~Shard() { stop(); }

void Shard::start() {
  for (const auto& channel : services_.channels.all()) listen(*channel);
  boost::asio::co_spawn(context_.get_executor(), watch_clock(), boost::asio::detached);
  thread_ = std::thread([this] { context_.run(); });
  // Seen by `top -H` and by bench/, which tells by it what delivering costs.
  pthread_setname_np(thread_.native_handle(), "shard");
}

void Shard::stop() {
  listening_.clear();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Shard::listen(pipeline::Channel& channel) {
  const auto posted = std::make_shared<std::atomic<bool>>(false);
  listening_.push_back(channel.feed.listen([this, &channel, posted] {
    // One post for all that happens until it runs.
    if (posted->exchange(true)) return;
    boost::asio::post(context_, [this, &channel, posted] {
      *posted = false;
      notice(channel);
    });
  }));
}

void Shard::notice(const pipeline::Channel& channel) {
  for (const auto& session : sessions_) {
    if (session->channel() == &channel) session->notice();
  }
  shared_.flush();
}

Task<void> Shard::watch_clock() {
  for (;;) {
    clock_.expires_after(std::chrono::seconds(1));
    const auto [error] = co_await clock_.async_wait(boost::asio::as_tuple(kAwait));
    if (error) co_return;
    for (const auto& session : sessions_) session->check_clock();
    shared_.flush();
  }
}

Task<void> Shard::serve(std::shared_ptr<Session> session) {
  sessions_.insert(session);
  sessions_count_ = sessions_.size();
  if (going_away_) session->drain(going_away_->reason, going_away_->reconnect_after_ms);
  co_await session->run();
  sessions_.erase(session);
  sessions_count_ = sessions_.size();
}

void Shard::drain(std::string reason, std::chrono::milliseconds spread) {
  boost::asio::post(context_, [this, reason = std::move(reason), spread] {
    going_away_ = wire::GoingAway{reason, static_cast<std::uint32_t>(spread.count())};
    const std::vector<std::shared_ptr<Session>> sessions(sessions_.begin(), sessions_.end());
    std::size_t nth = 0;
    for (const auto& session : sessions) {
      const auto wait = spread * ++nth / sessions.size();
      session->drain(reason, static_cast<std::uint32_t>(wait.count()));
    }
  });
}

template <class Work>
auto Shard::ask(Work work) {
  std::promise<decltype(work())> promise;
  boost::asio::post(context_, [&] { promise.set_value(work()); });
  return promise.get_future().get();
}

std::vector<SessionReport> Shard::describe() {
  return ask([this] {
    std::vector<SessionReport> reports;
    for (const auto& session : sessions_) reports.push_back(session->describe());
    return reports;
  });
}

bool Shard::close(const std::string& session, const std::string& reason) {
  return ask([&] {
    for (const auto& one : sessions_) {
      if (one->name() != session) continue;
      one->close(reason);
      return true;
    }
    return false;
  });
}

}  // namespace commonwatch::session
