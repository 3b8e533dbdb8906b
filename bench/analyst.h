// An analyst's connection: asks for everything from the beginning, counts what comes and sums it up
// as the hub's own end says it should. On its loop's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/messages.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {

class Analyst {
 public:
  Analyst(Loop& loop, std::uint16_t port);

  // Says hello once the connection is open. True when the hub has answered.
  bool open();
  // Replays every event; seconds until the end has come. Incomplete unless count and checksum are
  // those of the hub's end, and the count is `events`.
  double replay(std::uint64_t events);
  // Replays the hotspots; seconds. Incomplete unless count and checksum are those of the hub's end.
  double replay_hotspots();
  // Begins to replay every event, and does not wait. `has_ended` checks as `replay` does, but for
  // the number.
  void begin();
  bool has_ended();

  // Events or deltas of the last replay.
  std::uint64_t count() const { return count_; }
  // Of the last replay: the size of each page's message, in order.
  const std::vector<std::size_t>& page_bytes() const { return page_bytes_; }

 private:
  void take(std::string_view message);
  void take_page(std::string_view page);
  void take_delta(std::string_view delta);
  void take_end(std::string_view message);
  void ask(std::string frame);
  double finish(std::uint64_t began_ns);

  Loop& loop_;
  WholeMessages sink_;
  WebSocket socket_;
  bool greeted_ = false;
  bool welcome_ = false;
  bool ended_ = false;
  std::uint64_t count_ = 0;
  std::uint32_t checksum_ = 0;
  std::uint64_t end_count_ = 0;
  std::uint32_t end_checksum_ = 0;
  std::vector<std::size_t> page_bytes_;
};

}  // namespace commonwatch::bench
