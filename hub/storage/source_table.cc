#include "hub/storage/source_table.h"

#include <algorithm>

namespace commonwatch::storage {

void SourceTable::load(const model::SourceName& name, const SourceState& state) {
  auto source = std::make_unique<Source>();
  source->name = name;
  source->number = state.number;
  source->last = state.last;
  numbers_ = std::max(numbers_, state.number.value());
  set_durable(*source);
  sources_[name] = std::move(source);
}

Source& SourceTable::find_or_add(const model::SourceName& name) {
  std::unique_ptr<Source>& source = sources_[name];
  if (!source) {
    source = std::make_unique<Source>();
    source->name = name;
    source->number = SourceNumber(++numbers_);
  }
  return *source;
}

Source* SourceTable::find(const model::SourceName& name) {
  const auto it = sources_.find(name);
  return it == sources_.end() ? nullptr : it->second.get();
}

void SourceTable::set_open(Source& source, bool open) {
  if (source.open != open) open_count_ += open ? 1 : -std::size_t{1};
  source.open = open;
  const std::lock_guard lock(mutex_);
  Shown& shown = shown_[source.name];
  shown.number = source.number;
  shown.open = open;
}

void SourceTable::close(Source& source) {
  set_open(source, false);
  if (source.last > model::Sequence(0)) return;
  const model::SourceName name = source.name;
  sources_.erase(name);
  const std::lock_guard lock(mutex_);
  shown_.erase(name);
}

void SourceTable::set_durable(const Source& source) {
  const std::lock_guard lock(mutex_);
  Shown& shown = shown_[source.name];
  shown.number = source.number;
  shown.last = source.last;
}

model::Sequence SourceTable::last_sequence(const model::SourceName& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = shown_.find(name);
  return it == shown_.end() ? model::Sequence() : it->second.last;
}

bool SourceTable::is_open(const model::SourceName& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = shown_.find(name);
  return it != shown_.end() && it->second.open;
}

std::optional<SourceNumber> SourceTable::number(const model::SourceName& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = shown_.find(name);
  if (it == shown_.end()) return std::nullopt;
  return it->second.number;
}

std::vector<std::pair<model::SourceName, model::Sequence>> SourceTable::durable_sources() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<model::SourceName, model::Sequence>> sources;
  for (const auto& [name, shown] : shown_) {
    if (shown.last.value() > 0) sources.emplace_back(name, shown.last);
  }
  return sources;
}

}  // namespace commonwatch::storage
