#include "tests/client/fake_hub.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace commonwatch::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

struct FakeHub::Session {
  explicit Session(tcp::socket socket)
      : stream(std::move(socket)), descriptor(::dup(stream.next_layer().native_handle())) {}
  ~Session() { ::close(descriptor); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  // Any thread.
  void drop() const { ::shutdown(descriptor, SHUT_RDWR); }
  websocket::stream<tcp::socket> stream;
  const int descriptor;  // of its own: the stream closes the socket when a read ends it
  std::mutex write_mutex;
};

FakeHub::FakeHub() : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  acceptor_thread_ = std::thread([this] { accept(); });
}

FakeHub::~FakeHub() {
  stopping_ = true;
  error_code ignored;
  // Wakes the blocking accept.
  tcp::socket knock(io_);
  knock.connect(acceptor_.local_endpoint(), ignored);
  acceptor_thread_.join();
  drop_connections();
  for (auto& thread : threads_) thread.join();
}

client::Endpoint FakeHub::endpoint() const {
  return {false, "127.0.0.1", acceptor_.local_endpoint().port()};
}

void FakeHub::accept() {
  while (!stopping_) {
    error_code error;
    tcp::socket socket(io_);
    acceptor_.accept(socket, error);
    if (error || stopping_) return;
    ++connections_;
    auto session = std::make_shared<Session>(std::move(socket));
    const std::lock_guard lock(mutex_);
    sessions_.push_back(session);
    threads_.emplace_back([this, session] { converse(session); });
  }
}

namespace {

void answer_get(tcp::socket& socket, const http::request<http::string_body>& request,
                const std::map<std::string, std::string>& bodies) {
  const auto body = bodies.find(std::string(request.target()));
  http::response<http::string_body> response(http::status::ok, request.version());
  if (body == bodies.end()) {
    response.result(http::status::not_found);
    response.body() = R"({"code":"ERROR_CODE_NOT_FOUND","message":"no such path"})";
  } else {
    response.body() = body->second;
  }
  response.keep_alive(false);
  response.prepare_payload();
  error_code ignored;
  http::write(socket, response, ignored);
}

}  // namespace

void FakeHub::converse(const std::shared_ptr<Session>& session) {
  error_code error;
  beast::flat_buffer head;
  http::request<http::string_body> request;
  http::read(session->stream.next_layer(), head, request, error);
  if (!error && !websocket::is_upgrade(request)) {
    answer_get(session->stream.next_layer(), request, bodies.get());
    session->drop();
    return;
  }
  session->stream.set_option(websocket::stream_base::decorator([](websocket::response_type& r) {
    r.set(beast::http::field::sec_websocket_protocol, "commonwatch.v1");
  }));
  if (!error) session->stream.accept(request, error);
  session->stream.binary(true);
  while (!error && !stopping_) {
    beast::flat_buffer buffer;
    session->stream.read(buffer, error);
    if (error) break;
    v1::ClientMessage message;
    if (!message.ParseFromArray(buffer.data().data(), static_cast<int>(buffer.size()))) break;
    if (!answer(*session, message)) break;
  }
  session->drop();
}

void FakeHub::send(Session& session, const v1::ServerMessage& message) {
  const std::lock_guard lock(session.write_mutex);
  error_code ignored;
  session.stream.write(asio::buffer(message.SerializeAsString()), ignored);
}

// False drops the connection.
bool FakeHub::answer(Session& session, const v1::ClientMessage& message) {
  if (message.has_hello()) {
    v1::ServerMessage welcome;
    welcome.mutable_welcome()->set_hub("fake hub");
    welcome.mutable_welcome()->set_heartbeat_ms(heartbeat_ms);
    welcome.mutable_welcome()->mutable_limits()->set_frame_bytes_max(1U << 20U);
    welcome.mutable_welcome()->mutable_limits()->set_batch_events_max(1000);
    send(session, welcome);
  } else if (message.has_open_source()) {
    open_source(session, message.open_source());
  } else if (message.has_publish()) {
    return consume(session, message.publish());
  } else if (message.has_subscribe()) {
    {
      const std::lock_guard lock(mutex_);
      subscribes_.push_back(message.subscribe());
    }
    run_script(session);
  } else if (message.has_replay()) {
    {
      const std::lock_guard lock(mutex_);
      replays_.push_back(message.replay());
    }
    run_script(session);
  } else if (message.has_acknowledge_alert() || message.has_decide()) {
    record(session, message);
  }
  return true;
}

void FakeHub::record(Session& session, const v1::ClientMessage& message) {
  const auto number = message.has_decide() ? message.decide().request()
                                           : message.acknowledge_alert().request();
  v1::ServerMessage answer;
  if (const auto refusal = refuse_operators.get()) {
    *answer.mutable_error() = *refusal;
    answer.mutable_error()->set_request(number);
  } else {
    answer.mutable_recorded()->set_request(number);
    answer.mutable_recorded()->mutable_recorded_at()->set_seconds(1'457'687'400);
    const std::lock_guard lock(mutex_);
    operations_.push_back(message);
  }
  send(session, answer);
}

void FakeHub::run_script(Session& session) {
  const auto all = scripts.get();
  std::vector<v1::ServerMessage> script;
  bool last = true;
  {
    const std::lock_guard lock(mutex_);
    if (scripts_run_ < all.size()) script = all[scripts_run_];
    last = ++scripts_run_ >= all.size();
  }
  for (const auto& message : script) send(session, message);
  if (!last) session.drop();
}

void FakeHub::open_source(Session& session, const v1::OpenSource& request) {
  v1::ServerMessage message;
  const std::lock_guard lock(mutex_);
  const auto last = sources_[request.source()].size();
  if (request.acknowledged_sequence() > last) {
    message.mutable_error()->set_code(v1::ERROR_CODE_LOG_REGRESSED);
    message.mutable_error()->set_source(request.source());
  } else {
    message.mutable_source_opened()->set_source(request.source());
    message.mutable_source_opened()->set_last_sequence(last);
    message.mutable_source_opened()->set_credit(last + credit_events);
  }
  send(session, message);
}

bool FakeHub::consume(Session& session, const v1::Publish& request) {
  v1::ServerMessage message;
  const std::lock_guard lock(mutex_);
  const bool drops = std::uniform_int_distribution<int>(0, 99)(random_) < drop_percent;
  const bool drops_before = drops && random_() % 2 == 0;
  if (drops_before) return false;
  auto& events = sources_[request.source()];
  auto& error = *message.mutable_error();
  error.set_source(request.source());
  if (!refusals_.empty()) {
    error = refusals_.front();
    refusals_.pop_front();
    send(session, message);
    return true;
  }
  if (request.first_sequence() > events.size() + 1) {
    error.set_code(v1::ERROR_CODE_SEQUENCE_GAP);
    error.set_expected_sequence(events.size() + 1);
    send(session, message);
    return true;
  }
  auto& published = *message.mutable_published();
  published.set_source(request.source());
  const auto reject_event = [&published](std::uint64_t sequence, v1::ErrorCode code) {
    published.add_rejections()->set_sequence(sequence);
    published.mutable_rejections()->rbegin()->set_code(code);
  };
  for (int i = 0; i < request.events_size(); ++i) {
    const auto sequence = request.first_sequence() + static_cast<std::uint64_t>(i);
    const auto& payload = request.events(i);
    if (sequence <= events.size()) {
      if (events[sequence - 1] != payload) {
        reject_event(sequence, v1::ERROR_CODE_CONFLICT);
      } else {
        published.set_repeated(published.repeated() + 1);
      }
      continue;
    }
    events.push_back(payload);
    v1::Event event;
    event.ParseFromString(payload);
    const auto judge = reject.get();
    const auto code = judge ? judge(event) : v1::ERROR_CODE_UNSPECIFIED;
    if (code == v1::ERROR_CODE_UNSPECIFIED) {
      published.set_stored(published.stored() + 1);
    } else {
      reject_event(sequence, code);
    }
  }
  published.set_sequence(events.size());
  published.set_credit(events.size() + credit_events);
  if (drops) return false;
  send(session, message);
  return true;
}

void FakeHub::refuse_next_publish(v1::Error error) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back(std::move(error));
}

std::vector<std::string> FakeHub::payloads(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(source);
  return found == sources_.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> FakeHub::record_ids(const std::string& source) const {
  std::vector<std::string> ids;
  for (const auto& payload : payloads(source)) {
    v1::Event event;
    event.ParseFromString(payload);
    ids.push_back(event.record_id());
  }
  return ids;
}

void FakeHub::lose_events_behind(const std::string& source, std::uint64_t last) {
  const std::lock_guard lock(mutex_);
  sources_[source].resize(last);
}

void FakeHub::publish_as_another(const std::string& source, const v1::Event& event) {
  const std::lock_guard lock(mutex_);
  sources_[source].push_back(event.SerializeAsString());
}

void FakeHub::fence(const std::string& source) {
  v1::ServerMessage message;
  message.mutable_error()->set_code(v1::ERROR_CODE_FENCED);
  message.mutable_error()->set_source(source);
  const std::lock_guard lock(mutex_);
  for (const auto& session : sessions_) send(*session, message);
}

void FakeHub::drop_connections() {
  const std::lock_guard lock(mutex_);
  for (const auto& session : sessions_) session->drop();
}

std::vector<v1::Subscribe> FakeHub::subscribes() const {
  const std::lock_guard lock(mutex_);
  return subscribes_;
}

std::vector<v1::ClientMessage> FakeHub::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::vector<v1::Replay> FakeHub::replays() const {
  const std::lock_guard lock(mutex_);
  return replays_;
}

}  // namespace commonwatch::test
