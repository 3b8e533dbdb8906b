// A partner that publishes from a spool, as the client library does, and worse: it loses
// connections, sends again what it has sent, leaves gaps, says something else under a number that
// is taken, opens its source while it holds it elsewhere.
//
// Holds of every acknowledgement: it is not beyond what was sent, it rejects what the model
// rejects, and what was acknowledged once is never asked for again.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commonwatch/v1/stream.pb.h"
#include "tests/sim/line.h"
#include "tests/sim/spool.h"

namespace commonwatch::sim {

class Partner {
 public:
  Partner(std::string source, Random& random) : spool_(std::move(source)), random_(random) {}

  // Before anything else: has so many days to report.
  void remember(std::int64_t seconds, int days) { spool_.say_past(random_, seconds, days); }

  bool is_connected() const { return line_ != nullptr && !line_->is_over(); }
  // Says hello on a new line and opens the source; the older line, if it is kept, goes on as a
  // stranger's that holds what is under way.
  void connect(std::shared_ptr<Line> line, bool drop_older);
  void drop();
  // Sends some events, mostly new ones; false: it may not.
  bool publish(std::int64_t seconds);
  // Sends what is left of the spool, in one go.
  bool publish_rest();
  // Takes one message from one of its lines; false: nothing came.
  bool receive();
  // One message of one of its lines arrives at the hub; false: nothing was under way.
  bool arrive();

  const Spool& spool() const { return spool_; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  // The chain's head that the last acknowledgement gave, and the sequence with it; empty: none did.
  const std::string& chain_head() const { return chain_head_; }
  std::uint64_t chain_sequence() const { return chain_sequence_; }
  bool is_settled() const { return acknowledged_ == spool_.size() && is_connected() && opened_; }
  bool has_opened() const { return opened_; }

  // One of which everything that was said is acknowledged.
  std::optional<std::string> record_to_erase(Random& random) const {
    return spool_.record_to_erase(random, acknowledged_);
  }
  void begin_erasing(const std::string& record) { spool_.begin_erasing(record); }
  void end_erasing() { spool_.end_erasing(); }
  // From here on another content of a record's revision may be taken for a repeat: the content is
  // not known any more.
  void expect_reduced() { reduced_ = true; }

 private:
  // What is remembered of one connection.
  struct Hold {
    std::shared_ptr<Line> line;
    std::uint64_t told = 0;          // everything up to here was told of on it
    std::set<std::uint64_t> forged;  // sent with another content than the spool's
  };

  void send(const v1::ClientMessage& message);
  void open();
  void send_events(std::uint64_t first, std::uint64_t count, bool forge);
  void take(Hold& hold, const v1::ServerMessage& message);
  void take_opened(Hold& hold, const v1::SourceOpened& opened);
  void take_published(Hold& hold, const v1::Published& published);
  void take_error(Hold& hold, const v1::Error& error);

  Spool spool_;
  Random& random_;
  std::shared_ptr<Line> line_;
  std::vector<Hold> holds_;  // the last one is the current line's
  bool opened_ = false;
  bool opening_ = false;
  bool reduced_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t sent_most_ = 0;
  std::uint64_t credit_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::string chain_head_;
  std::uint64_t chain_sequence_ = 0;
};

}  // namespace commonwatch::sim
