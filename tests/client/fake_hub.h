// A hub as far as a client sees it: speaks stream.proto over a real WebSocket on loopback, and
// misbehaves on request.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clients/cpp/endpoint.h"
#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::test {

// What a test says and the threads of connections heed.
template <class Value>
class Told {
 public:
  Told& operator=(Value value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    return *this;
  }
  Value get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  Value value_;
};

class FakeHub {
 public:
  FakeHub();
  ~FakeHub();

  client::Endpoint endpoint() const;

  // --- behaviour; set before the client connects, or while it runs ---
  // Drops connections at random: each publish is, with this chance, cut off before it is consumed,
  // or consumed and cut off before its answer.
  std::atomic<int> drop_percent = 0;
  std::atomic<std::uint64_t> credit_events = 16'000;
  std::atomic<std::uint32_t> heartbeat_ms = 10'000;
  // What the next publishes are answered with instead of being consumed.
  void refuse_next_publish(v1::Error error);
  // The code that an event is rejected with; unspecified: it is stored.
  Told<std::function<v1::ErrorCode(const v1::Event&)>> reject;
  // What subscribers and replayers are sent, by the number of their connection, from 0. Behind it
  // the connection is dropped if it was not the last script.
  Told<std::vector<std::vector<v1::ServerMessage>>> scripts;

  // The body that an HTTP GET is answered with, by path and query; another one is not found.
  Told<std::map<std::string, std::string>> bodies;
  // What operators' requests are answered with instead of being recorded; none: they are.
  Told<std::optional<v1::Error>> refuse_operators;

  // --- what it holds ---
  // The payloads of a source by sequence, 1 first.
  std::vector<std::string> payloads(const std::string& source) const;
  std::vector<std::string> record_ids(const std::string& source) const;
  // The hub loses everything behind `last` (a restored backup).
  void lose_events_behind(const std::string& source, std::uint64_t last);
  // Another client publishes one event.
  void publish_as_another(const std::string& source, const v1::Event& event);
  // Another client takes the source over.
  void fence(const std::string& source);
  void drop_connections();

  std::vector<v1::Subscribe> subscribes() const;
  std::vector<v1::Replay> replays() const;
  // `acknowledge_alert` and `decide`, in the order they came.
  std::vector<v1::ClientMessage> operations() const;
  std::uint64_t connections() const { return connections_; }

 private:
  struct Session;
  void accept();
  void converse(const std::shared_ptr<Session>& session);
  bool answer(Session& session, const v1::ClientMessage& message);
  void open_source(Session& session, const v1::OpenSource& request);
  bool consume(Session& session, const v1::Publish& request);
  void run_script(Session& session);
  void record(Session& session, const v1::ClientMessage& message);
  void send(Session& session, const v1::ServerMessage& message);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> sources_;
  std::list<v1::Error> refusals_;
  std::vector<v1::Subscribe> subscribes_;
  std::vector<v1::Replay> replays_;
  std::vector<v1::ClientMessage> operations_;
  std::list<std::shared_ptr<Session>> sessions_;
  std::list<std::thread> threads_;
  std::mt19937 random_{42};
  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  std::size_t scripts_run_ = 0;
  std::thread acceptor_thread_;
};

}  // namespace commonwatch::test
