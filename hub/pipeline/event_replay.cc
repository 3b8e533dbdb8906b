// Replay of events: what the audience is shown of the log, filtered, in pages. The filters look at
// what is shown, so that nothing more can be asked out of them.
#include <algorithm>
#include <deque>
#include <utility>

#include "hub/access/cursor.h"
#include "hub/pipeline/checksum.h"
#include "hub/pipeline/replay.h"
#include "hub/pipeline/shown_events.h"
#include "hub/pipeline/step_share.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

using storage::Chunk;
using storage::Entry;

// As many are listed at a time: 8 MB.
constexpr std::size_t kCandidatesMax = 1'000'000;

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

  bool matches(const ShownEvent& event) const {
    if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) {
      return false;
    }
    if (from_occurred && !(event.occurred && *event.occurred >= *from_occurred)) return false;
    if (to_occurred && !(event.occurred && *event.occurred < *to_occurred)) return false;
    return area.is_everywhere() || (event.cell.is_valid() && area.contains(event.cell.center()));
  }
};

class EventReplay final : public Replay {
 public:
  EventReplay(EventFilter filter, ShownEvents shown, wire::Encoding encoding, std::uint32_t number,
              bool now, std::shared_ptr<const Epoch> epoch, const Channel& channel,
              const ReplaySources& from)
      : filter_(std::move(filter)),
        shown_(std::move(shown)),
        encoding_(encoding),
        number_(number),
        now_(now),
        epoch_(std::move(epoch)),
        channel_(channel),
        from_(from) {}

  Result<void> begin(const wire::ReplayRequest& request);
  Result<ReplayStep> next(StepSize size) override;
  Result<void> seek(Instant time) override;
  void extend() override;
  wire::ReplayEnd summarize(wire::ReplayEndReason reason) const override;

 private:
  // Of those that hold `next_` or come later, if an index is used.
  Result<void> list_candidates();
  // Moves `next_` on to the next candidate; false: there is none.
  Result<bool> find_candidate();
  // Nothing: at the end, or, if nothing is left of the share, somewhere before.
  Result<std::optional<Chunk>> next_chunk(StepShare& share);
  // Adds the chunk's matching events to the page; false when the page is full before its end.
  Result<bool> take(const Chunk& chunk, wire::ReplayPage& page, std::size_t& bytes);
  wire::ReplayMarks marks() const;
  bool is_altered() const;
  // Looks up what was agreed at `next_`.
  Result<void> find_agreed();
  // Where the log says anew what is agreed.
  void note_agreed(const Chunk& chunk);
  // Where `place_` is in the log.
  Result<model::Offset> find_place() const;
  // Where what is shown by now ends.
  Result<model::Offset> shown_end() const;
  // As it is shown, if it is and matches.
  Result<std::optional<ShownEvent>> find(const Chunk& chunk, const Entry& entry) const;

  EventFilter filter_;
  ShownEvents shown_;
  wire::Encoding encoding_;
  std::uint32_t number_;
  bool now_;  // as known now
  std::shared_ptr<const Epoch> epoch_;
  const Channel& channel_;
  ReplaySources from_;

  access::CursorPlace place_;  // behind what was read of sources that are shared
  model::Offset first_;
  model::Offset next_;
  model::Offset end_;
  bool open_end_ = false;
  // With a range of occurred time: the chunks that may hold a match, from the index.
  bool by_index_ = false;
  std::deque<model::Offset> candidates_;
  bool are_more_candidates_ = false;  // behind these
  model::Offset read_end_;            // of the chunk that was read last
  Instant reached_{};
  bool met_reduced_ = false;  // an event that might have been shown, if it were whole
  std::deque<std::string> redacted_;  // the page refers to them
  std::uint64_t count_ = 0;
  Checksum checksum_;
};

Result<void> EventReplay::begin(const wire::ReplayRequest& request) {
  const storage::EventLog& log = from_.log;
  const auto shown = shown_end();
  if (!shown) return shown.error();
  end_ = *shown;
  open_end_ = !request.to_recorded && !request.to_occurred;
  if (request.to_recorded) {
    const auto end = log.find_recorded(*request.to_recorded);
    if (!end) return end.error();
    end_ = std::min(end_, *end);
  }
  if (request.from_recorded) place_ = {*request.from_recorded, 0};
  if (request.from_cursor) {
    const auto place = access::open_cursor(log.epoch(), *request.from_cursor);
    if (!place || place->recorded > log.durable().recorded) {
      return make_error(ErrorCode::kCursorInvalid,
                        "the cursor is not one of this hub's log; begin again without it",
                        "replay.from_cursor");
    }
    place_ = *place;
  }
  const auto start = find_place();
  if (!start) return start.error();
  first_ = next_ = *start;
  if (auto found = find_agreed(); !found) return found;
  // The index knows what occurred when and where, not what is shown of it.
  by_index_ = shown_.is_open() && filter_.from_occurred && filter_.to_occurred;
  return list_candidates();
}

Result<void> EventReplay::find_agreed() {
  if (shown_.is_open()) return {};
  const auto is_configuration = [](const std::string& payload) {
    const auto event = wire::decode_hub_event(payload);
    return event && std::holds_alternative<wire::Configuration>(*event);
  };
  const auto found = from_.log.find_last_hub_event(is_configuration, next_);
  if (!found) return found.error();
  std::string settings;
  if (*found) {
    const auto event = wire::decode_hub_event((*found)->second);
    settings = std::get<wire::Configuration>(event.value()).settings;
  }
  shown_.set_agreed(settings);
  return {};
}

void EventReplay::note_agreed(const Chunk& chunk) {
  if (shown_.is_open() || chunk.source != model::SourceName::hub()) return;
  for (const Entry& entry : chunk.entries) {
    const auto event = wire::decode_hub_event(entry.payload);
    const auto* configuration = event ? std::get_if<wire::Configuration>(&*event) : nullptr;
    if (configuration) shown_.set_agreed(configuration->settings);
  }
}

Result<model::Offset> EventReplay::find_place() const {
  const auto first = from_.log.find_recorded(place_.recorded);
  if (!first || place_.entries == 0) return first;
  const auto chunk = from_.log.read(*first);
  if (!chunk) return chunk.error();
  if (!*chunk || (*chunk)->recorded != place_.recorded) return first;
  return std::min((*chunk)->end(), first->plus(place_.entries));
}

Result<model::Offset> EventReplay::shown_end() const {
  const storage::EventLog& log = from_.log;
  if (shown_.delay() == Duration(0)) return log.durable().end;
  return log.find_recorded(log.recorded_now() - shown_.delay() + Duration(1));
}

Result<void> EventReplay::list_candidates() {
  candidates_.clear();
  are_more_candidates_ = false;
  if (!by_index_) return {};
  const auto chunk = from_.log.read(next_);
  if (!chunk) return chunk.error();
  if (!*chunk) return {};
  read_end_ = (*chunk)->end();
  auto found = from_.log.find_occurred(*filter_.from_occurred, *filter_.to_occurred, filter_.area,
                                       (*chunk)->first, end_, kCandidatesMax);
  if (!found) return found.error();
  candidates_.assign(found->begin(), found->end());
  are_more_candidates_ = found->size() == kCandidatesMax;
  return {};
}

Result<bool> EventReplay::find_candidate() {
  // A chunk that was read to its end is none any more.
  while (!candidates_.empty() && candidates_.front() < next_ && next_ >= read_end_) {
    candidates_.pop_front();
  }
  if (candidates_.empty() && are_more_candidates_) {
    if (auto listed = list_candidates(); !listed) return listed.error();
  }
  if (candidates_.empty()) return false;
  next_ = std::max(next_, candidates_.front());
  return true;
}

Result<std::optional<Chunk>> EventReplay::next_chunk(StepShare& share) {
  while (next_ < end_ && share.is_left()) {
    if (by_index_) {
      const auto found = find_candidate();
      if (!found) return found.error();
      if (!*found) {
        next_ = end_;
        break;
      }
    }
    auto chunk = from_.log.read(next_);
    if (!chunk || !*chunk || (*chunk)->first >= end_) return chunk;
    share.take(**chunk);
    read_end_ = (*chunk)->end();
    note_agreed(**chunk);
    const bool shared = shown_.shares((*chunk)->source);
    if (shared && filter_.matches_source((*chunk)->source)) return chunk;
    // What is not shared moves no time either.
    if (shared) {
      reached_ = (*chunk)->recorded;
      place_ = {(*chunk)->recorded, static_cast<std::uint16_t>((*chunk)->entries.size())};
    }
    next_ = (*chunk)->end();
  }
  return std::optional<Chunk>();
}

Result<std::optional<ShownEvent>> EventReplay::find(const Chunk& chunk, const Entry& entry) const {
  using Found = std::optional<ShownEvent>;
  if (!entry.is_stored() || entry.kind == model::EventKind::kUnspecified) return Found();
  if (now_ && entry.kind == model::EventKind::kRetraction) return Found();
  Found found = shown_.show(chunk, entry);
  if (!found || !filter_.matches(*found)) return Found();
  if (!now_) return found;
  const auto latest = from_.log.is_latest(chunk.source, entry);
  if (!latest) return latest.error();
  return *latest ? found : Found();
}

Result<bool> EventReplay::take(const Chunk& chunk, wire::ReplayPage& page, std::size_t& bytes) {
  const auto read_to = [&](std::size_t entries) {
    place_ = {chunk.recorded, static_cast<std::uint16_t>(entries)};
    next_ = chunk.first.plus(entries);
  };
  met_reduced_ = met_reduced_ || shown_.is_less(chunk.source);
  if (shown_.is_over(chunk, from_.log.recorded_now())) {
    met_reduced_ = true;
    read_to(chunk.entries.size());
    return true;
  }
  for (std::size_t i = next_ > chunk.first ? next_.value() - chunk.first.value() : 0;
       i < chunk.entries.size(); ++i) {
    const model::Offset offset = chunk.first.plus(i);
    if (offset >= end_) break;
    if (bytes >= from_.limits.page_bytes_max) {
      read_to(i);
      return false;
    }
    const Entry& entry = chunk.entries[i];
    met_reduced_ = met_reduced_ || entry.form == storage::EntryForm::kSkeleton ||
                   entry.form == storage::EntryForm::kStub;
    auto found = find(chunk, entry);
    if (!found) return found.error();
    if (!*found) continue;
    ShownEvent& event = **found;
    std::string_view payload = entry.payload;
    if (!event.payload.empty()) payload = redacted_.emplace_back(std::move(event.payload));
    page.events.push_back({chunk.source.text(), event.sequence, event.recorded, payload});
    bytes += payload.size();
    checksum_.add(payload);
    ++count_;
  }
  read_to(chunk.entries.size());
  return true;
}

Result<ReplayStep> EventReplay::next(StepSize size) {
  if (!channel_.agrees(epoch_)) return agreements_changed();
  wire::ReplayPage page;
  std::deque<Chunk> chunks;  // the page refers to their bytes
  redacted_.clear();
  std::size_t bytes = 0;
  StepShare share;
  ReplayStep step;
  for (bool room = true; room;) {
    auto chunk = next_chunk(share);
    if (!chunk) return chunk.error();
    if (!*chunk || (*chunk)->first >= end_) {
      step.at_end = share.is_left() || next_ >= end_;
      break;
    }
    chunks.push_back(std::move(**chunk));
    reached_ = chunks.back().recorded;
    const auto whole = take(chunks.back(), page, bytes);
    if (!whole) return whole.error();
    room = *whole && bytes < from_.limits.page_bytes_max && share.is_left() &&
           !(size == StepSize::kMoment && !page.events.empty());
  }
  step.reached = reached_;
  if (!page.events.empty()) {
    page.cursor = access::seal_cursor(from_.log.epoch(), place_);
    page.reached = reached_;
    step.frames.push_back(wire::encode(page, encoding_, number_));
  }
  return step;
}

Result<void> EventReplay::seek(Instant time) {
  const auto offset = from_.log.find_recorded(time);
  if (!offset) return offset.error();
  next_ = std::clamp(*offset, std::min(first_, end_), end_);
  place_ = {time, 0};
  if (auto found = find_agreed(); !found) return found;
  count_ = 0;
  checksum_ = Checksum();
  return list_candidates();
}

void EventReplay::extend() {
  if (!open_end_) return;
  if (const auto end = shown_end()) end_ = std::max(end_, *end);
}

bool EventReplay::is_altered() const {
  const auto erasure = from_.log.last_erasure();
  if (shown_.is_open() || !erasure) return erasure && first_ < *erasure;
  const auto chunk = from_.log.read(first_);
  return chunk && *chunk && from_.tick.at_or_after((*chunk)->recorded) < epoch_->altered_before;
}

// The index of hours does not lead to what is a stub.
wire::ReplayMarks EventReplay::marks() const {
  const auto reduced = from_.log.reduced();
  return {is_altered(), met_reduced_ || (by_index_ && reduced && first_ < reduced->end), false};
}

wire::ReplayEnd EventReplay::summarize(wire::ReplayEndReason reason) const {
  return {reason, count_, checksum_.value(), access::seal_cursor(from_.log.epoch(), place_),
          marks()};
}

}  // namespace

Result<std::unique_ptr<Replay>> make_event_replay(const wire::ReplayRequest& request,
                                                  const access::Principal& principal,
                                                  const Channel& channel, wire::Encoding encoding,
                                                  const ReplaySources& sources) {
  auto area = model::Area::make(request.area, sources.limits);
  if (!area) return area.error();
  EventFilter filter{request.partners, request.sources,       request.kinds,
                     *std::move(area), request.from_occurred, request.to_occurred};
  auto epoch = channel.epoch.get();
  ShownEvents shown(epoch->view, principal.purpose, sources.log);
  auto replay =
      std::make_unique<EventReplay>(std::move(filter), std::move(shown), encoding, request.replay,
                                    request.knowledge_now, std::move(epoch), channel, sources);
  if (auto begun = replay->begin(request); !begun) return begun.error();
  return std::unique_ptr<Replay>(std::move(replay));
}

}  // namespace commonwatch::pipeline
