// One WebSocket, whatever carries it: plain TCP, TLS, or a test's memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/pipeline/async.h"
#include "hub/session/outgoing.h"
#include "hub/session/signal.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::session {

using pipeline::Executor;
using pipeline::kAwait;
using pipeline::Task;

// What came from the other side, beside messages.
struct Heard {
  std::uint64_t signs = 0;  // of life: parts of messages, and control frames
  std::uint64_t control_frames = 0;
  bool listening = false;  // a read is under way: who is not read from cannot be heard
  bool bad_frame = false;  // one that broke RFC 6455: nothing is read any more, `close` tells why
};

// Belongs to one io_context, on whose thread all calls are made. At most one read and one write
// at a time. A read or write that fails means that the connection is gone.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual Executor executor() = 0;
  // What the subprotocol says: protobuf in binary frames, or JSON in text frames.
  virtual wire::Encoding encoding() const = 0;
  // Address and port of the other side.
  virtual const std::string& peer() const = 0;

  virtual const Heard& heard() const = 0;
  // The next message, whole. `bytes_max` is the limit on it. kMessageTooLarge, kRateLimited (all
  // connections together hold too much that is not whole), kMalformedMessage (a text frame where
  // binary was agreed, or the reverse), or kShuttingDown: the peer is gone.
  virtual Task<Result<std::string>> read(std::size_t bytes_max) = 0;
  // What was read last is not held any more. Until then, and no longer than until the next read,
  // it counts as if it had not come whole.
  virtual void let_go() = 0;
  // Each a message of its own, or frames of messages, all in one write. True when they were handed to the network, which
  // took them at once. False: it did not take all, or the connection is gone; it goes on with
  // another call, with the same messages.
  virtual bool write_now(std::span<const Outgoing> messages) = 0;
  // The same until they are handed over; false: the connection is gone. What `messages` refers to
  // lives until then.
  virtual Task<bool> write(std::span<const Outgoing> messages) = 0;
  // Asks the peer for a sign of life: behind what is being written.
  virtual void ping() = 0;
  // Says goodbye with a code, and waits for the answer, or for `abort`. Without a code: tells the
  // peer what is due to its own goodbye, or to a frame that broke RFC 6455. Not during a write.
  virtual Task<void> close(std::optional<wire::CloseCode> code) = 0;
  // Ends every read and write now.
  virtual void abort() = 0;
};

}  // namespace commonwatch::session
