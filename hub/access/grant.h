// What somebody may do, and within which bounds. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/model/ids.h"

namespace commonwatch::access {

enum class Operation {
  kPublish,
  kSubscribe,  // the live feed, and what HTTP shows of it
  kReplayEvents,
  kReplayHotspots,
  kReplayAs,     // what another audience saw; beside the right to replay
  kAcknowledge,  // answer alerts
  kOperate,      // decide on records and sites
  kEnrol,        // make codes by which devices become sources
};

// As in the configuration: `replay_events`.
std::string_view operation_name(Operation operation);
std::optional<Operation> parse_operation(std::string_view name);

// Sources by exact name (`county-ems/cad-1`), by group (`county-ems/phone-*`), by partner
// (`county-ems/*`), or all (`*`).
class SourcePattern {
 public:
  static std::optional<SourcePattern> parse(std::string_view text);
  static SourcePattern of_partner(std::string_view partner);
  static SourcePattern exactly(const model::SourceName& source);

  bool matches(const model::SourceName& source) const;
  // Whether every source of the partner matches.
  bool covers_partner(std::string_view partner) const;
  // Whether it names sources of this partner and no other.
  bool belongs_to(std::string_view partner) const;
  const std::string& text() const { return text_; }
  friend bool operator==(const SourcePattern&, const SourcePattern&) = default;

 private:
  explicit SourcePattern(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A list that is empty bounds nothing.
struct Grant {
  Operation operation = Operation::kSubscribe;
  std::vector<SourcePattern> sources;
  std::vector<std::string> audiences;
  std::vector<std::string> purposes;
  friend bool operator==(const Grant&, const Grant&) = default;
};

// Purposes, audiences: 1 to 64 of a-z 0-9 - _ . , not beginning with a dot.
bool is_code(std::string_view text);

}  // namespace commonwatch::access
