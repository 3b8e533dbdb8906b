// A connection over a pair of sockets with small buffers.
#include "hub/session/websocket_connection.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "hub/session/websocket_framing.h"

namespace commonwatch::session {
namespace {

namespace asio = boost::asio;
using Messages = std::vector<Outgoing>;

// A pair of connected sockets: the connection's end, and the test's.
struct Wire {
  asio::io_context context{1};
  Socket far{context.get_executor()};
  LiveLimits limits{Limits{.message_parts_max = 50, .inbound_bytes_max = 100'000}};
  Inbound inbound;
  std::unique_ptr<Connection> connection;

  Wire() {
    asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor(
        context.get_executor(), asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    far.connect(acceptor.local_endpoint());
    Socket near(context.get_executor());
    acceptor.accept(near);
    // So small that a message of a megabyte takes many writes.
    near.set_option(asio::socket_base::send_buffer_size(8192));
    far.set_option(asio::socket_base::receive_buffer_size(8192));
    connection = make_websocket(make_tcp_transport(std::move(near)), "test",
                                wire::Encoding::kBinary, limits, inbound);
  }

  // Starts it; the result is there once it has ended.
  template <class T>
  std::shared_ptr<std::optional<T>> start(Task<T> task) {
    auto result = std::make_shared<std::optional<T>>();
    asio::co_spawn(context, std::move(task),
                   [result](const std::exception_ptr&, T value) { *result = std::move(value); });
    return result;
  }
  std::shared_ptr<bool> start(Task<void> task) {
    auto done = std::make_shared<bool>(false);
    asio::co_spawn(context, std::move(task), [done](const std::exception_ptr&) { *done = true; });
    return done;
  }
  void run() {
    context.restart();
    while (context.poll() > 0) {
    }
  }
  void send(const std::string& bytes) {
    asio::write(far, asio::buffer(bytes));
    run();
  }
  // What has come, until `size` bytes are there.
  std::string receive(std::size_t size) {
    std::string bytes;
    far.non_blocking(true);
    while (bytes.size() < size) {
      run();
      std::array<char, 4096> part{};
      boost::system::error_code error;
      const std::size_t got = far.read_some(
          asio::buffer(part.data(), std::min(part.size(), size - bytes.size())), error);
      if (error && error != asio::error::would_block) break;
      bytes.append(part.data(), got);
    }
    return bytes;
  }
};

std::string masked(unsigned char first, const std::string& payload) {
  std::string frame(1, static_cast<char>(first));
  frame += static_cast<char>(0x80U | payload.size());
  return frame + std::string(4, '\0') + payload;  // a mask of zeros
}
std::string framed(const std::string& payload) {
  return std::string(FrameHeader(Opcode::kBinary, payload.size()).bytes()) + payload;
}

TEST_CASE("a write sends each message as a frame of its own") {
  Wire wire;
  const Messages messages{share("delta"), share(std::string(300, 'x')), share("")};
  const auto written = wire.start(wire.connection->write(messages));
  const std::string expected = framed("delta") + framed(std::string(300, 'x')) + framed("");
  CHECK(wire.receive(expected.size()) == expected);
  REQUIRE(*written);
  CHECK(**written);
}

TEST_CASE("frames that are made already go out as they are, between messages") {
  Wire wire;
  const std::string made = framed("delta") + framed("progress");
  const Messages messages{share("first"), Outgoing(share(made), 2), share("last")};
  const auto written = wire.start(wire.connection->write(messages));
  const std::string expected = framed("first") + made + framed("last");
  CHECK(wire.receive(expected.size()) == expected);
  CHECK(*written);
}

TEST_CASE("more messages than one system call takes arrive whole and in order") {
  Wire wire;
  Messages messages;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    messages.push_back(
        share(std::to_string(i) + std::string(static_cast<std::size_t>(i) * 97, 'y')));
    expected += framed(*messages.back().bytes);
  }
  const auto written = wire.start(wire.connection->write(messages));
  CHECK(wire.receive(expected.size()) == expected);
  wire.run();
  REQUIRE(*written);
}

TEST_CASE("pings during a write are answered behind it, not within") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  const std::string large(1U << 20U, 'z');
  const Messages messages{share(large), share("last")};
  const auto written = wire.start(wire.connection->write(messages));
  wire.run();
  REQUIRE_FALSE(*written);
  std::string expected = framed(large) + framed("last");
  std::string received;
  // There is room for an answer now and then, though not enough for the write to go on.
  for (int i = 0; i < 100; ++i) {
    std::array<char, 1000> part{};
    const std::size_t got = wire.far.read_some(asio::buffer(part));
    received.append(part.data(), got);
    wire.send(masked(0x89, "alive?"));
    expected += control_frame(Opcode::kPong, "alive?");
  }
  REQUIRE_FALSE(*written);
  received += wire.receive(expected.size() - received.size());
  CHECK(received == expected);
  REQUIRE(*written);
}

TEST_CASE("a message that comes in two pieces is read, and then the one behind it") {
  const std::string first = masked(0x82, "hello");
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.send(first.substr(0, 5));
  CHECK_FALSE(*read);
  wire.send(first.substr(5) + masked(0x82, "next"));
  REQUIRE(*read);
  CHECK(***read == "hello");
  const auto next = wire.start(wire.connection->read(1000));
  wire.run();
  REQUIRE(*next);
  CHECK(***next == "next");
}

TEST_CASE("a text frame on the binary subprotocol is malformed") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.send(masked(0x81, "{}"));
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kMalformedMessage);
}

TEST_CASE("the peer's goodbye is answered and ends reading and writing") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.send(masked(0x88, "\x03\xe8 bye"));
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kShuttingDown);
  CHECK(wire.receive(4) == "\x88\x02\x03\xe8");
  const Messages messages{Outgoing(share("late"))};
  const auto written = wire.start(wire.connection->write(messages));
  wire.run();
  REQUIRE(*written);
  CHECK_FALSE(**written);
}

TEST_CASE("who breaks the protocol is told so") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.send("\x82\x05hello");  // not masked
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kShuttingDown);
  CHECK(wire.connection->heard().bad_frame);
  const auto closed = wire.start(wire.connection->close(std::nullopt));
  CHECK(wire.receive(100) == close_frame(kProtocolError, "protocol error"));
  // What it still sends is passed over, so that it can read why.
  wire.send(std::string(1000, '\xff'));
  CHECK_FALSE(*closed);
  wire.far.close();
  wire.run();
  CHECK(*closed);
}

TEST_CASE("a goodbye during a write is answered behind it") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  const std::string large(1U << 20U, 'z');
  const Messages messages{Outgoing(share(large))};
  const auto written = wire.start(wire.connection->write(messages));
  wire.run();
  wire.send(masked(0x88, "\x03\xe8"));
  REQUIRE(*read);
  CHECK_FALSE(*written);
  const std::string expected = framed(large);
  CHECK(wire.receive(expected.size()) == expected);
  wire.run();
  REQUIRE(*written);
  const auto closed = wire.start(wire.connection->close(std::nullopt));
  CHECK(wire.receive(100) == "\x88\x02\x03\xe8");  // and then the end
  CHECK(*closed);
}

TEST_CASE("of more pings than wait for a peer that does not read the last one is answered") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  const std::string large(1U << 20U, 'z');
  const Messages messages{Outgoing(share(large))};
  const auto written = wire.start(wire.connection->write(messages));
  wire.run();
  for (int i = 100; i < 400; ++i) wire.send(masked(0x89, "ping " + std::to_string(i)));
  REQUIRE_FALSE(*written);
  const std::string expected = framed(large);
  CHECK(wire.receive(expected.size()) == expected);
  const std::string last = control_frame(Opcode::kPong, "ping 399");
  const std::string pongs = wire.receive(1030 + last.size());
  CHECK(pongs.substr(0, 10) == control_frame(Opcode::kPong, "ping 100"));
  CHECK(pongs.substr(pongs.size() - last.size()) == last);
}

TEST_CASE("closing waits for the answer and passes over what comes before it") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(10));
  wire.send(masked(0x82, "more than ten bytes"));
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kMessageTooLarge);
  const auto closed = wire.start(wire.connection->close(wire::CloseCode::kProtocolViolation));
  wire.send(masked(0x82, "and more of them"));
  CHECK_FALSE(*closed);
  wire.send(masked(0x88, "\x11\x96"));
  CHECK(*closed);
  CHECK(wire.receive(100) == close_frame(4502, "protocol_violation"));
}

TEST_CASE("closing during a read leaves the answer to it") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.run();
  const auto closed = wire.start(wire.connection->close(wire::CloseCode::kRestarting));
  wire.run();
  CHECK_FALSE(*closed);
  wire.send(masked(0x88, "\x0f\xa1"));
  REQUIRE(*read);
  CHECK(*closed);
}

TEST_CASE("an abort ends a read, and a goodbye that nobody answers") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.run();
  const auto closed = wire.start(wire.connection->close(wire::CloseCode::kRestarting));
  wire.run();
  wire.connection->abort();
  wire.run();
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kShuttingDown);
  CHECK(*closed);
}

TEST_CASE("a ping asks, and the pong counts as a sign of life") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.run();
  CHECK(wire.connection->heard().listening);
  const auto before = wire.connection->heard().signs;
  wire.connection->ping();
  CHECK(wire.receive(2) == std::string("\x89\x00", 2));
  wire.send(masked(0x8a, ""));
  CHECK(wire.connection->heard().signs > before);
  CHECK(wire.connection->heard().control_frames == 1);
  CHECK_FALSE(*read);
}

TEST_CASE("empty parts of a message are no sign of life, others are") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.run();
  const auto before = wire.connection->heard().signs;
  wire.send(masked(0x02, "") + masked(0x00, ""));
  CHECK(wire.connection->heard().signs == before);
  wire.send(masked(0x00, "x"));
  CHECK(wire.connection->heard().signs > before);
  CHECK(wire.connection->heard().control_frames == 0);
  CHECK_FALSE(*read);
}

TEST_CASE("a large message counts until it is let go of, or the next is read") {
  Wire wire;
  constexpr std::size_t kFree = 64U << 10U;  // hello_frame_bytes_max
  for (const bool let_go : {true, false}) {
    const auto read = wire.start(wire.connection->read(1U << 20U));
    // 65,636 bytes, in three parts.
    wire.send(std::string("\x02\xff\0\0\0\0\0\x01\0\0\0\0\0\0", 14) + std::string(kFree, 'q'));
    wire.send(masked(0x00, std::string(100, 'q')));
    CHECK_FALSE(*read);
    CHECK(wire.inbound.bytes() == 100);
    wire.send(masked(0x80, ""));
    REQUIRE(*read);
    CHECK((*read)->value().size() == kFree + 100);
    CHECK(wire.inbound.bytes() == 100);
    if (let_go) wire.connection->let_go();
    if (let_go) CHECK(wire.inbound.bytes() == 0);
  }
  const auto next = wire.start(wire.connection->read(1U << 20U));
  wire.run();
  CHECK(wire.inbound.bytes() == 0);
  wire.send(masked(0x82, "end"));
  CHECK(*next);
}

TEST_CASE("a message in too many parts is too large") {
  Wire wire;
  const auto read = wire.start(wire.connection->read(1000));
  wire.send(masked(0x02, ""));
  for (int i = 1; i < 50; ++i) wire.send(masked(0x00, ""));
  CHECK_FALSE(*read);
  wire.send(masked(0x00, ""));
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kMessageTooLarge);
}

TEST_CASE("what has not come whole is counted, and refused beyond what all may hold") {
  Wire wire;
  constexpr std::size_t kFree = 64U << 10U;  // hello_frame_bytes_max
  const auto read = wire.start(wire.connection->read(1U << 20U));
  const std::string part(100, 'p');
  wire.send(masked(0x02, part));
  CHECK(wire.inbound.bytes() == 0);
  // A frame of a megabyte is announced; of it comes a little, then too much.
  wire.send(std::string("\x80\xff\0\0\0\0\0\x0f\0\0\0\0\0\0", 14) + std::string(kFree, 'q'));
  CHECK(wire.inbound.bytes() == part.size());
  CHECK_FALSE(*read);
  for (int i = 0; i < 10; ++i) wire.send(std::string(10'000, 'q'));
  REQUIRE(*read);
  CHECK((*read)->error().code == ErrorCode::kRateLimited);
  const auto closed = wire.start(wire.connection->close(wire::CloseCode::kOverRate));
  wire.run();
  CHECK(wire.inbound.bytes() == 0);
  CHECK_FALSE(*closed);
}

}  // namespace
}  // namespace commonwatch::session
