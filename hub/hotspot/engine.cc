#include "hub/hotspot/engine.h"

#include "hub/hotspot/state.h"

namespace commonwatch::hotspot {

Engine::Engine(Settings settings, const model::NameTable& partners)
    : state_(std::make_unique<State>(std::move(settings), partners)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::apply(const model::RecordKey& key, const std::optional<model::Incident>& now) {
  state_->apply(key, now);
}
void Engine::decide(const model::SiteDecision& decision) { state_->decide(decision); }
void Engine::set_silences(std::vector<Silence> silences) {
  state_->set_silences(std::move(silences));
}
void Engine::apply(const Calibration& calibration) { state_->apply(calibration); }
bool Engine::advance(model::Version version, Instant as_of) {
  return state_->advance(version, as_of);
}

const std::vector<Finding>& Engine::findings() const { return state_->findings(); }
const std::vector<LateFinding>& Engine::late_findings() const { return state_->late_findings(); }
const std::vector<model::Proposal>& Engine::proposals() const { return state_->proposals(); }
const std::vector<model::Place>& Engine::places() const { return state_->places(); }
const std::vector<model::Comparison>& Engine::comparisons() const { return state_->comparisons(); }
const std::vector<Touch>& Engine::touched() const { return state_->touched(); }

Inspection Engine::inspect(const std::string& jurisdiction, const model::Zone& zone,
                           std::uint32_t window_hours, Instant window_end) const {
  const Jurisdiction* found = state_->find(jurisdiction);
  if (found == nullptr) return {};
  return found->inspect(zone, window_hours, hour_of(window_end) - 1, state_->silences());
}

std::vector<Part> Engine::parts(const std::string& jurisdiction, std::span<const model::Zone> zones,
                                std::uint32_t window_hours, Instant window_end) const {
  const Jurisdiction* found = state_->find(jurisdiction);
  if (found == nullptr) return std::vector<Part>(zones.size());
  return found->parts(zones, window_hours, hour_of(window_end) - 1);
}

bool Engine::covers(const std::string& jurisdiction, const model::Zone& zone,
                    model::Cell cell) const {
  return state_->covers(jurisdiction, zone, cell);
}

std::optional<Instant> Engine::next_change() const { return state_->next_change(); }
const std::vector<Due>& Engine::due() const { return state_->due(); }

NullModel Engine::null_model(const Due& due, const std::vector<Excluded>& excluded) const {
  return state_->find(due.jurisdiction)->null_model(due.version, excluded);
}

Instant Engine::next_calibration_time(Instant as_of) const {
  Hour hour = hour_of(as_of) + 1;
  while (!state_->is_calibration_hour(hour)) ++hour;
  return start_of(hour);
}

std::vector<model::SiteDecision> Engine::site_decisions() const { return state_->site_decisions(); }
const Settings& Engine::settings() const { return state_->settings(); }
model::Version Engine::version() const { return state_->version(); }
Instant Engine::as_of() const { return state_->as_of(); }
std::size_t Engine::incidents() const { return state_->incidents(); }
std::size_t Engine::bytes() const { return state_->bytes(); }

std::string Engine::checkpoint() const { return state_->checkpoint(); }

Result<Engine> Engine::restore(Settings settings, const model::NameTable& partners,
                               std::string_view checkpoint) {
  Engine engine(std::move(settings), partners);
  if (auto restored = engine.state_->restore(checkpoint); !restored) return restored.error();
  return engine;
}

}  // namespace commonwatch::hotspot
