// What one source has to say: numbered events, made once and kept for good, and what has to become
// of each, by a model of its own: the first of a record's revision is stored, the same again is a
// repeat, another content is a conflict, and what is not valid is rejected.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commonwatch/v1/event.pb.h"
#include "tests/hotspot/random.h"

namespace commonwatch::sim {

using hotspot::test::Random;

enum class Erasure { kNone, kAsked, kDone };

enum class Fate { kStored, kRepeat, kRevisionConflict, kInvalid };

struct Said {
  v1::Event event;
  std::string bytes;
  Fate fate = Fate::kStored;
  Erasure erasure = Erasure::kNone;
};

class Spool {
 public:
  explicit Spool(std::string source) : source_(std::move(source)) {}

  const std::string& source() const { return source_; }
  // Sequences 1 to `size`.
  std::uint64_t size() const { return said_.size(); }
  const Said& at(std::uint64_t sequence) const { return said_.at(sequence - 1); }
  // One more event; it occurred at about `seconds` since 1970.
  void say(Random& random, std::int64_t seconds);
  // The same for each of the `days` before, thinly spread: without a past, nothing stands out.
  void say_past(Random& random, std::int64_t seconds, int days);
  // A record of which nothing was said behind `last`.
  std::optional<std::string> record_to_erase(Random& random, std::uint64_t last) const;
  // From here on nothing is said of it; from the end on it is another record.
  void begin_erasing(const std::string& record);
  void end_erasing();

 private:
  void add(Said said);

  std::string source_;
  std::vector<Said> said_;
  std::string erasing_;
  std::map<std::pair<std::string, std::uint32_t>, std::string> records_;
};

}  // namespace commonwatch::sim
