#include "hub/linkage/linker.h"

#include "hub/linkage/linker_state.h"

namespace commonwatch::linkage {

Linker::Linker(const Settings& settings) : state_(std::make_unique<State>(checked(settings))) {}
Linker::~Linker() = default;
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;

void Linker::apply(const model::RecordKey& key, std::uint32_t revision,
                   const std::optional<model::Record>& now) {
  state_->apply(key, revision, now);
}

void Linker::decide(const model::RecordKey& first, const model::RecordKey& second,
                    model::PairVerdict verdict) {
  state_->decide(first, second, verdict);
}

std::vector<IncidentChange> Linker::take_changes() { return state_->take_changes(); }

const model::Record* Linker::find(const model::RecordKey& key) const { return state_->find(key); }

std::vector<std::vector<model::RecordKey>> Linker::linked() const { return state_->linked(); }

std::optional<Explanation> Linker::explain(const model::RecordKey& key) const {
  return state_->explain(key);
}

void Linker::forget(Instant before) { state_->forget(before); }

std::string Linker::checkpoint() const { return state_->encode(); }

Result<Linker> Linker::restore(const Settings& settings, std::string_view bytes) {
  Linker linker(settings);
  if (!linker.state_->decode(bytes)) {
    return make_error(ErrorCode::kInternal,
                      "the linkage's checkpoint is damaged, or of another version or other "
                      "settings; delete it, the log is folded anew");
  }
  return linker;
}

std::size_t Linker::size() const { return state_->live(); }
std::size_t Linker::bytes() const { return state_->bytes(); }

}  // namespace commonwatch::linkage
