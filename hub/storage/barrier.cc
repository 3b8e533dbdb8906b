#include "hub/storage/barrier.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "hub/storage/chunk_codec.h"
#include "hub/storage/sha256.h"

namespace commonwatch::storage {
namespace {

const model::SourceName* source_of(const Operation& operation) {
  if (const auto* submission = std::get_if<Submission>(&operation)) {
    return &submission->handle.source;
  }
  if (const auto* open = std::get_if<OpenRequest>(&operation)) return &open->source;
  if (const auto* close = std::get_if<CloseRequest>(&operation)) return &close->handle.source;
  return nullptr;
}

void append(Published& to, Published&& later) {
  to.last = later.last;
  to.chain_head = std::move(later.chain_head);
  to.stored += later.stored;
  to.repeated += later.repeated;
  std::move(later.rejections.begin(), later.rejections.end(), std::back_inserter(to.rejections));
}

}  // namespace

Submission split(Submission& submission, std::size_t count) {
  struct First {
    std::optional<Error> refusal;
    Result<Published> published = Published{};
  };
  auto first = std::make_shared<First>();
  Submission rest;
  rest.handle = submission.handle;
  rest.first = submission.first.plus(count);
  rest.events.assign(
      std::make_move_iterator(submission.events.begin() + static_cast<std::ptrdiff_t>(count)),
      std::make_move_iterator(submission.events.end()));
  rest.salts = submission.salts.substr(count * kSaltBytes);
  rest.hashes = submission.hashes.substr(count * kHashBytes);
  rest.keys.assign(submission.keys.begin() + static_cast<std::ptrdiff_t>(count),
                   submission.keys.end());
  rest.ordered = [first, whole = std::move(submission.ordered)](Result<void> ordered) {
    whole(first->refusal ? Result<void>(*first->refusal) : std::move(ordered));
  };
  rest.published = [first, whole = std::move(submission.published)](Result<Published> later) {
    if (!later || !first->published) {
      whole(std::move(first->published ? later : first->published));
      return;
    }
    append(*first->published, *std::move(later));
    whole(std::move(first->published));
  };
  submission.events.resize(count);
  submission.salts.resize(count * kSaltBytes);
  submission.hashes.resize(count * kHashBytes);
  submission.ordered = [first](Result<void> ordered) {
    if (!ordered) first->refusal = ordered.error();
  };
  submission.published = [first](Result<Published> published) {
    first->published = std::move(published);
  };
  return rest;
}

std::deque<Operation> Barrier::move_to(Instant barrier) {
  barrier_ = barrier;
  return take_held();
}

std::deque<Operation> Barrier::take_held() {
  wanted_ = kNothing;
  return std::exchange(held_, {});
}

void Barrier::hold(Operation&& operation, Instant wanted) {
  if (held_.empty()) wanted_ = to_micros(wanted);
  held_.push_back(std::move(operation));
}

bool Barrier::has_held(const model::SourceName& source) const {
  return std::any_of(held_.begin(), held_.end(), [&](const Operation& operation) {
    const model::SourceName* of = source_of(operation);
    return of != nullptr && *of == source;
  });
}

Barrier::Fitting Barrier::fitting(const Submission& submission, const Source& source,
                                  EventsRecordedClock clock) const {
  const std::size_t consumed = std::min<std::size_t>(
      submission.events.size(), source.last.next().value() - submission.first.value());
  for (std::size_t index = consumed; index < submission.events.size(); ++index) {
    const Candidate& event = submission.events[index];
    if (!event.refusal) clock.observe(source.number, event.kind, event.occurred);
    if (clock.next() >= *barrier_) return {index, clock.next()};
  }
  return {submission.events.size(), Instant{}};
}

bool Barrier::holds(Operation& operation, const EventsRecordedClock& clock, SourceTable& sources) {
  if (!barrier_) return false;
  const model::SourceName* name = source_of(operation);
  if (name == nullptr) return false;
  if (has_held(*name)) {
    hold(std::move(operation), Instant{});
    return true;
  }
  auto* submission = std::get_if<Submission>(&operation);
  if (submission == nullptr || submission->refused) return false;
  const Source* source = sources.find(*name);
  if (source == nullptr || submission->first.value() == 0 ||
      submission->first > source->last.next()) {
    return false;  // to be refused
  }
  const Fitting fits = fitting(*submission, *source, clock);
  if (fits.events == submission->events.size()) return false;
  if (fits.events == 0) {
    hold(std::move(operation), fits.beyond);
    return true;
  }
  hold(split(*submission, fits.events), fits.beyond);
  return false;
}

}  // namespace commonwatch::storage
