// Replay of events: the log, filtered, in pages.
#include <algorithm>
#include <deque>
#include <utility>

#include "hub/access/cursor.h"
#include "hub/pipeline/checksum.h"
#include "hub/pipeline/replay.h"

namespace commonwatch::pipeline {
namespace {

using storage::Chunk;
using storage::Entry;

struct EventFilter {
  std::vector<std::string> partners;
  std::vector<std::string> sources;
  std::vector<model::EventKind> kinds;
  model::Area area;
  std::optional<Instant> from_occurred;
  std::optional<Instant> to_occurred;

  bool matches_source(const model::SourceName& source) const {
    const auto in = [](const auto& list, auto name) {
      return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
    };
    return in(partners, source.partner()) && in(sources, source.text());
  }

  bool matches(const Entry& entry) const {
    if (!entry.is_stored()) return false;
    if (entry.kind == model::EventKind::kUnspecified) return false;
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), entry.kind) == kinds.end()) {
      return false;
    }
    if (from_occurred && entry.occurred < *from_occurred) return false;
    if (to_occurred && entry.occurred >= *to_occurred) return false;
    return area.is_everywhere() || (entry.cell.is_valid() && area.contains(entry.cell.center()));
  }
};

class EventReplay final : public Replay {
 public:
  EventReplay(EventFilter filter, wire::Encoding encoding, std::uint32_t number, bool now,
              const ReplaySources& from)
      : filter_(std::move(filter)), encoding_(encoding), number_(number), now_(now), from_(from) {}

  Result<void> begin(const wire::ReplayRequest& request);
  Result<ReplayStep> next(StepSize size) override;
  Result<void> seek(Instant time) override;
  void extend() override;
  wire::ReplayEnd summarize(wire::ReplayEndReason reason) const override;

 private:
  Result<void> list_candidates();
  Result<std::optional<Chunk>> next_chunk();
  // Adds the chunk's matching events to the page; false when the page is full before its end.
  Result<bool> take(const Chunk& chunk, wire::ReplayPage& page, std::size_t& bytes);
  wire::ReplayMarks marks() const;
  Result<bool> shows(const Chunk& chunk, const Entry& entry) const;

  EventFilter filter_;
  wire::Encoding encoding_;
  std::uint32_t number_;
  bool now_;  // as known now
  ReplaySources from_;

  model::Offset first_;
  model::Offset next_;
  model::Offset end_;
  bool open_end_ = false;
  // With a range of occurred time: the chunks that may hold a match, from the index.
  bool by_index_ = false;
  std::deque<model::Offset> candidates_;
  Instant reached_{};
  bool met_reduced_ = false;  // an event that might have been shown, if it were whole
  std::uint64_t count_ = 0;
  Checksum checksum_;
};

Result<void> EventReplay::begin(const wire::ReplayRequest& request) {
  const storage::EventLog& log = from_.log;
  end_ = log.durable().end;
  open_end_ = !request.to_recorded && !request.to_occurred;
  if (request.to_recorded) {
    const auto end = log.find_recorded(*request.to_recorded);
    if (!end) return end.error();
    end_ = std::min(end_, *end);
  }
  if (request.from_recorded) {
    const auto start = log.find_recorded(*request.from_recorded);
    if (!start) return start.error();
    first_ = *start;
  }
  if (request.from_cursor) {
    const auto start = access::open_cursor(log.epoch(), *request.from_cursor);
    if (!start || *start > log.durable().end) {
      return make_error(ErrorCode::kCursorInvalid,
                        "the cursor is not one of this hub's log; begin again without it",
                        "replay.from_cursor");
    }
    first_ = *start;
  }
  next_ = first_;
  by_index_ = filter_.from_occurred && filter_.to_occurred;
  return list_candidates();
}

Result<void> EventReplay::list_candidates() {
  candidates_.clear();
  if (!by_index_) return {};
  auto found =
      from_.log.find_occurred(*filter_.from_occurred, *filter_.to_occurred, filter_.area, end_);
  if (!found) return found.error();
  candidates_.assign(found->begin(), found->end());
  return {};
}

Result<std::optional<Chunk>> EventReplay::next_chunk() {
  while (next_ < end_) {
    if (by_index_) {
      if (candidates_.empty()) {
        next_ = end_;
        break;
      }
      // The chunk before the first candidate behind `next_` may reach over it.
      const model::Offset candidate = candidates_.front();
      if (candidate > next_) next_ = candidate;
    }
    auto chunk = from_.log.read(next_);
    if (!chunk || !*chunk || (*chunk)->first >= end_) return chunk;
    if (by_index_ && (*chunk)->first >= candidates_.front()) candidates_.pop_front();
    if (by_index_ && (*chunk)->end() <= next_) continue;
    if (filter_.matches_source((*chunk)->source)) return chunk;
    reached_ = (*chunk)->recorded;
    next_ = (*chunk)->end();
  }
  return std::optional<Chunk>();
}

Result<bool> EventReplay::shows(const Chunk& chunk, const Entry& entry) const {
  if (!filter_.matches(entry)) return false;
  if (!now_) return true;
  if (entry.kind == model::EventKind::kRetraction) return false;
  return from_.log.is_latest(chunk.source, entry);
}

Result<bool> EventReplay::take(const Chunk& chunk, wire::ReplayPage& page, std::size_t& bytes) {
  for (std::size_t i = next_ > chunk.first ? next_.value() - chunk.first.value() : 0;
       i < chunk.entries.size(); ++i) {
    const model::Offset offset = chunk.first.plus(i);
    if (offset >= end_) break;
    if (bytes >= from_.limits.page_bytes_max) {
      next_ = offset;
      return false;
    }
    const Entry& entry = chunk.entries[i];
    met_reduced_ = met_reduced_ || entry.form == storage::EntryForm::kSkeleton ||
                   entry.form == storage::EntryForm::kStub;
    const auto shown = shows(chunk, entry);
    if (!shown) return shown.error();
    if (!*shown) continue;
    page.events.push_back({chunk.source, entry.sequence, chunk.recorded, entry.payload});
    bytes += entry.payload.size();
    checksum_.add(entry.payload);
    ++count_;
  }
  next_ = chunk.end();
  return true;
}

Result<ReplayStep> EventReplay::next(StepSize size) {
  wire::ReplayPage page;
  std::deque<Chunk> chunks;  // the page refers to their bytes
  std::size_t bytes = 0;
  ReplayStep step;
  for (bool room = true; room;) {
    auto chunk = next_chunk();
    if (!chunk) return chunk.error();
    if (!*chunk || (*chunk)->first >= end_) {
      step.at_end = true;
      break;
    }
    chunks.push_back(std::move(**chunk));
    reached_ = chunks.back().recorded;
    const auto whole = take(chunks.back(), page, bytes);
    if (!whole) return whole.error();
    room = *whole && bytes < from_.limits.page_bytes_max && chunks.size() < 4096 &&
           !(size == StepSize::kMoment && !page.events.empty());
  }
  step.reached = reached_;
  if (!page.events.empty()) {
    page.cursor = access::seal_cursor(from_.log.epoch(), next_);
    page.reached = reached_;
    step.frames.push_back(wire::encode(page, encoding_, number_));
  }
  return step;
}

Result<void> EventReplay::seek(Instant time) {
  const auto offset = from_.log.find_recorded(time);
  if (!offset) return offset.error();
  next_ = std::clamp(*offset, std::min(first_, end_), end_);
  count_ = 0;
  checksum_ = Checksum();
  return list_candidates();
}

void EventReplay::extend() {
  if (open_end_) end_ = from_.log.durable().end;
}

// The index of hours does not lead to what is a stub.
wire::ReplayMarks EventReplay::marks() const {
  const auto erasure = from_.log.last_erasure();
  const auto reduced = from_.log.reduced();
  return {erasure && first_ < *erasure,
          met_reduced_ || (by_index_ && reduced && first_ < reduced->end), false};
}

wire::ReplayEnd EventReplay::summarize(wire::ReplayEndReason reason) const {
  return {reason, count_, checksum_.value(), access::seal_cursor(from_.log.epoch(), next_),
          marks()};
}

}  // namespace

Result<std::unique_ptr<Replay>> make_event_replay(const wire::ReplayRequest& request,
                                                  wire::Encoding encoding,
                                                  const ReplaySources& sources) {
  auto area = model::Area::make(request.area, sources.limits);
  if (!area) return area.error();
  EventFilter filter{request.partners, request.sources,       request.kinds,
                     *std::move(area), request.from_occurred, request.to_occurred};
  auto replay = std::make_unique<EventReplay>(std::move(filter), encoding, request.replay,
                                              request.knowledge_now, sources);
  if (auto begun = replay->begin(request); !begun) return begun.error();
  return std::unique_ptr<Replay>(std::move(replay));
}

}  // namespace commonwatch::pipeline
