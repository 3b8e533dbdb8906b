// A WebSocket client over a plain socket, for measuring: no allocation per message received, no
// copy of what a sink does not keep. On its loop's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "bench/frame.h"
#include "bench/loop.h"
#include "bench/tls.h"

namespace commonwatch::bench {

class WebSocket final : public Watcher, private ControlSink {
 public:
  // Connects to 127.0.0.1 and asks for an upgrade; open once the answer has come. Loop, sink and
  // `tls` (nothing: plain TCP) outlive it.
  WebSocket(Loop& loop, std::uint16_t port, const std::string& path, const std::string& protocol,
            MessageSink& sink, SSL_CTX* tls = nullptr);
  // Takes a connected socket on which frames come without an upgrade.
  WebSocket(Loop& loop, int socket, MessageSink& sink);
  ~WebSocket() override;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  bool is_open() const { return state_ == State::kOpen; }
  // The other side has ended it; `reason` says how.
  bool is_gone() const { return state_ == State::kGone; }
  const std::string& reason() const { return reason_; }

  // Sends a whole frame (see `client_frame`); what the network does not take at once follows.
  void send(std::string frame);

  // Reads nothing more. The kernel then keeps 64 KB of it and not, as it may on loopback, all that
  // a workload sends: the hub is to find the way full, as with a reader who is far behind.
  void stop_reading();

  void ready(bool readable, bool writable) override;

 private:
  enum class State : std::uint8_t { kUpgrading, kOpen, kGone };

  ssize_t receive_some(char* to, std::size_t size);
  ssize_t send_some(const char* from, std::size_t size);
  void receive();
  void flush();
  // Takes the bytes of the answer to the upgrade; what follows it are frames.
  void read_answer(std::string_view bytes);
  void read_frames(std::string_view bytes);
  void control(Opcode opcode, std::string_view payload) override;
  void end(std::string reason);

  Loop& loop_;
  MessageSink& sink_;
  int socket_;
  TlsSession tls_;
  State state_;
  bool reading_ = true;
  bool writing_ = false;
  FrameReader reader_;
  std::string answer_;
  std::string reason_;
  std::deque<std::string> unsent_;
  std::size_t sent_of_first_ = 0;
};

// A TCP socket connected to 127.0.0.1. Incomplete if nobody listens.
int connect_loopback(std::uint16_t port);

}  // namespace commonwatch::bench
