#include "hub/hotspot/engine.h"

#include <utility>

#include "hub/hotspot/settings.h"
#include "hub/hotspot/state.h"

namespace commonwatch::hotspot {

Engine::Engine(Settings settings)
    : state_(std::make_unique<State>(normalised(std::move(settings)))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::apply(const IncidentKey& key, std::uint32_t revision,
                   const std::optional<Incident>& now) {
  state_->apply(key, revision, now);
}

std::vector<model::TileDelta> Engine::advance(model::Version version, Instant as_of) {
  return state_->advance(version, as_of);
}

std::optional<Instant> Engine::next_change() const { return state_->next_change(); }
std::vector<model::TileState> Engine::tiles() const { return state_->tiles(); }
model::Version Engine::version() const { return state_->version(); }
Instant Engine::as_of() const { return state_->as_of(); }
std::size_t Engine::incidents() const { return state_->incidents(); }
std::size_t Engine::bytes() const { return state_->bytes(); }
std::string Engine::checkpoint() const { return state_->checkpoint(); }

Result<Engine> Engine::restore(Settings settings, std::string_view checkpoint) {
  settings = normalised(std::move(settings));
  auto content = decode_checkpoint(settings, checkpoint);
  if (!content) return content.error();
  Engine engine(std::move(settings));
  engine.state_->restore(std::move(*content));
  return engine;
}

}  // namespace commonwatch::hotspot
