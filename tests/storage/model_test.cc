// Random submissions of several sources, random restarts and crashes, retention and erasures,
// against a model that holds everything in maps. The failing seed is printed.
#include <map>
#include <random>

#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

struct Consumed {
  Candidate event;
  Disposition disposition;
  EntryForm form = EntryForm::kWhole;
};

struct SourceModel {
  std::vector<Consumed> consumed;
  // The payload of each revision; nothing: it was reduced.
  std::map<std::pair<std::string, std::uint32_t>, std::optional<std::string>> records;
};

struct Expected {
  std::uint32_t stored = 0;
  std::uint32_t repeated = 0;
  std::vector<std::pair<std::uint64_t, ErrorCode>> rejections;
};

bool same(const Candidate& a, const Candidate& b) {
  return a.payload == b.payload && a.record_id == b.record_id && a.revision == b.revision &&
         a.refusal.has_value() == b.refusal.has_value();
}

ErrorCode code_of(const Candidate& candidate) {
  return candidate.refusal ? candidate.refusal->code : ErrorCode::kRevisionConflict;
}

Expected apply(SourceModel& source, std::uint64_t first, const std::vector<Candidate>& events) {
  Expected expected;
  for (std::size_t index = 0; index < events.size(); ++index) {
    const std::uint64_t sequence = first + index;
    const Candidate& event = events[index];
    if (sequence <= source.consumed.size()) {
      const auto& [before, disposition, form] = source.consumed[sequence - 1];
      const bool of_another =
          before.record_id != event.record_id || before.revision != event.revision;
      const bool names_record = disposition == Disposition::kStored && form != EntryForm::kErased;
      if (form == EntryForm::kWhole ? !same(before, event) : names_record && of_another) {
        expected.rejections.emplace_back(sequence, ErrorCode::kConflict);
        continue;
      }
      ++expected.repeated;
      if (disposition == Disposition::kRejected) {
        expected.rejections.emplace_back(sequence, code_of(before));
      }
      continue;
    }
    Disposition disposition = Disposition::kStored;
    if (event.refusal) {
      disposition = Disposition::kRejected;
    } else {
      const auto [it, fresh] =
          source.records.try_emplace({event.record_id, event.revision}, event.payload);
      if (!fresh) {
        disposition = it->second.value_or(event.payload) == event.payload ? Disposition::kRepeat
                                                                          : Disposition::kRejected;
      }
    }
    source.consumed.push_back({event, disposition});
    expected.stored += disposition == Disposition::kStored ? 1U : 0U;
    expected.repeated += disposition == Disposition::kRepeat ? 1U : 0U;
    if (disposition == Disposition::kRejected) {
      expected.rejections.emplace_back(sequence, code_of(event));
    }
  }
  return expected;
}

class Run {
 public:
  Run(unsigned seed, ClockMode mode) : random_(seed), mode_(mode) { reopen(); }

  void step() {
    const int what = pick(40);
    if (what == 0) {
      log_.reset();
      reopen();
    } else if (what == 1) {
      const auto next = directory_ / ("data-" + std::to_string(++copies_));
      copy_as_killed(data_, next);
      log_.reset();
      data_ = next;
      reopen();
    } else if (what == 2) {
      clock_.jump(std::chrono::minutes(pick(600) - 300));
    } else if (what == 4) {
      erase_some();
    } else if (what == 5) {
      reduce_some();
    } else if (what == 3) {
      const Instant tick = log_->recorded_now();
      REQUIRE(seal(*log_, tick).has_value());
      if (mode_ == ClockMode::kWall) sealed_ = std::max(sealed_, tick);
    } else {
      clock_.advance(std::chrono::milliseconds(pick(3000)));
      submit_some();
    }
  }

  void check_all() {
    std::map<std::string, std::uint64_t> sequences;
    Offset next(0);
    Instant recorded{};
    for (const Chunk& chunk : read_all(*log_)) {
      REQUIRE(chunk.first == next);
      REQUIRE(chunk.recorded > recorded);
      next = chunk.end();
      recorded = chunk.recorded;
      for (const Entry& entry : chunk.entries) {
        REQUIRE(entry.sequence.value() == ++sequences[chunk.source.text()]);
        if (chunk.source == SourceName::hub()) continue;
        const auto& [event, disposition, form] =
            models_[chunk.source.text()].consumed.at(entry.sequence.value() - 1);
        REQUIRE(entry.disposition == disposition);
        REQUIRE(entry.form == form);
        if (form != EntryForm::kWhole) continue;
        REQUIRE(entry.record_id == event.record_id);
        if (disposition == Disposition::kStored) REQUIRE(entry.payload == event.payload);
      }
    }
    for (const auto& [name, model] : models_) {
      REQUIRE(sequences[name] == model.consumed.size());
      REQUIRE(log_->last_sequence(source(name)).value() == model.consumed.size());
    }
    const VerifyReport report = log_->verify();
    for (const std::string& fault : report.faults) FAIL(fault);
    REQUIRE(report.events == log_->durable().end.value());
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void reopen() {
    log_ = open_log(options_at(data_, mode_), clock_);
    handles_.clear();
    REQUIRE_FALSE(log_->open_report().tail_cut);
  }

  Candidate random_event() {
    if (pick(10) == 0) return refused("bad" + std::to_string(pick(3)));
    const Instant occurred = kNoon + std::chrono::seconds(10 * steps_ + pick(3600));
    return overdose("r" + std::to_string(pick(60)), static_cast<std::uint32_t>(pick(3)),
                    "p" + std::to_string(pick(2)), occurred);
  }

  void erase_some() {
    const std::string name = "partner/" + std::to_string(pick(3));
    const std::string record = "r" + std::to_string(pick(60));
    SourceModel& model = models_[name];
    std::uint64_t events = 0;
    for (Consumed& one : model.consumed) {
      const bool named = one.form == EntryForm::kWhole || one.disposition == Disposition::kStored;
      if (one.event.record_id != record || one.form == EntryForm::kErased || !named) continue;
      one.form = EntryForm::kErased;
      ++events;
    }
    std::erase_if(model.records, [&](const auto& entry) { return entry.first.first == record; });
    const auto erased = erase(*log_, source(name), record);
    REQUIRE(erased.has_value() == (events > 0));
    if (!erased) return;
    REQUIRE(erased->events == events);
    see_durable();
  }

  // Behind something that was appended.
  void see_durable() {
    if (log_->durable().end > last_end_) REQUIRE(log_->durable().recorded > sealed_);
    last_recorded_ = log_->durable().recorded;
    last_end_ = log_->durable().end;
  }

  // Everything that was recorded up to some moment of the last minutes, as far as it is indexed.
  void reduce_some() {
    const Instant before = log_->durable().recorded - std::chrono::seconds(pick(120));
    const auto keep = kept_for(1, pick(2) == 0 ? 2 : 0);
    REQUIRE(reduce(*log_, keep, before + std::chrono::days(1)).has_value());
    for (const Chunk& chunk : read_all(*log_)) {
      if (chunk.source == SourceName::hub()) continue;
      SourceModel& model = models_[chunk.source.text()];
      for (const Entry& entry : chunk.entries) {
        Consumed& one = model.consumed.at(entry.sequence.value() - 1);
        if (chunk.recorded >= before) REQUIRE(entry.form == one.form);
        if (one.form == EntryForm::kErased || entry.is_whole()) continue;
        REQUIRE(entry.form != EntryForm::kErased);
        if (one.form == EntryForm::kStub) REQUIRE(entry.form == EntryForm::kStub);
        one.form = entry.form;
        if (one.disposition != Disposition::kStored) continue;
        model.records[{one.event.record_id, one.event.revision}] = std::nullopt;
      }
    }
  }

  void submit_some() {
    ++steps_;
    const std::string name = "partner/" + std::to_string(pick(3));
    if (!handles_.contains(name) || pick(10) == 0) {
      const auto opened = open_source(*log_, source(name), models_[name].consumed.size());
      REQUIRE(opened.has_value());
      REQUIRE(opened->last.value() == models_[name].consumed.size());
      handles_[name] = opened->handle;
    }
    SourceModel& model = models_[name];
    std::vector<std::future<Result<Published>>> answers;
    std::vector<Expected> expected;
    for (int batch = 0; batch <= pick(4); ++batch) {
      const std::uint64_t last = model.consumed.size();
      const std::uint64_t back = std::min<std::uint64_t>(last, pick(3) == 0 ? pick(8) : 0);
      std::vector<Candidate> events;
      for (std::uint64_t index = 0; index < back; ++index) {
        events.push_back(pick(4) == 0 ? random_event() : model.consumed[last - back + index].event);
      }
      for (int fresh = pick(6); fresh > 0; --fresh) events.push_back(random_event());
      expected.push_back(apply(model, last - back + 1, events));
      answers.push_back(submit_later(*log_, handles_[name], last - back + 1, std::move(events)));
    }
    for (std::size_t index = 0; index < answers.size(); ++index) {
      const auto published = answers[index].get();
      REQUIRE(published.has_value());
      CHECK(published->stored == expected[index].stored);
      CHECK(published->repeated == expected[index].repeated);
      std::vector<std::pair<std::uint64_t, ErrorCode>> rejections;
      for (const Rejection& rejection : published->rejections) {
        rejections.emplace_back(rejection.sequence.value(), rejection.error.code);
      }
      REQUIRE(rejections == expected[index].rejections);
    }
    if (log_->durable().end.value() > 0) REQUIRE(log_->durable().recorded >= last_recorded_);
    see_durable();
  }

  std::mt19937 random_;
  ClockMode mode_;
  TemporaryDirectory directory_;
  std::filesystem::path data_ = directory_ / "data";
  SteppedClock clock_{kNoon};
  std::unique_ptr<EventLog> log_;
  std::map<std::string, SourceHandle> handles_;
  std::map<std::string, SourceModel> models_;
  int copies_ = 0;
  int steps_ = 0;
  Instant sealed_{};
  Instant last_recorded_{};
  Offset last_end_;
};

}  // namespace

TEST_CASE("Whatever is submitted, restarted and killed: dense, contiguous, rising, as the model") {
  const auto mode = GENERATE(ClockMode::kWall, ClockMode::kEvents);
  const unsigned seed = GENERATE(11U, 12U, 13U);
  CAPTURE(seed, static_cast<int>(mode));
  Run run(seed, mode);
  for (int step = 0; step < 250; ++step) run.step();
  run.check_all();
}

}  // namespace commonwatch::storage::test
