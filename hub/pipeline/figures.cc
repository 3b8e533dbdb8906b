#include "hub/pipeline/figures.h"

#include <algorithm>

#include "hub/sharing/generalise.h"

namespace commonwatch::pipeline {
namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string_view partner_of(std::string_view source) { return source.substr(0, source.find('/')); }

// A zone may be larger than a tile.
model::Tile tile_of(model::Cell zone) {
  return zone.level() >= model::kTileLevel ? zone.parent(model::kTileLevel) : model::Tile();
}

}  // namespace

Figures::Figures(const PictureSettings& settings, const Layer& own)
    : own_(own), k_(own.view().audience().k) {
  for (sharing::PublicationClass& of : sharing::publication_classes(settings.sharing)) {
    if (!holds(of.audiences, settings.audience)) continue;
    const bool is_own = of.audience == settings.audience;
    auto rules = sharing::PublicationRules::of(settings.sharing, of, settings.hotspot.time_zone);
    auto narrower = is_own ? nullptr : std::make_unique<Layer>(settings, of.audience);
    classes_.push_back({std::move(of), std::move(rules), std::move(narrower), std::nullopt,
                        std::nullopt, sharing::Narrowing(k_), {}});
  }
}

void Figures::take_in(const storage::Chunk& chunk, Instant counted) {
  for (Class& one : classes_) {
    if (one.narrower) one.narrower->take_in(chunk, counted);
    if (!one.reported && holds(one.of.partners, chunk.source.partner())) one.reported = counted;
  }
}

bool Figures::begin(Class& one) const {
  if (!one.publication && begins_ && one.reported) {
    one.publication.emplace(one.rules, std::max(*begins_, *one.reported));
  }
  return one.publication.has_value();
}

// An incident that a partner of a narrower class reported is counted there.
void Figures::count(Class& one) const {
  const Layer& layer = layer_of(one);
  for (const auto& [key, incident] : layer.changes()) {
    const bool counts =
        incident && std::ranges::none_of(incident->partners, [&](model::NameIndex partner) {
          return holds(one.of.earlier, layer.partners().name(partner));
        });
    one.publication->apply(key, counts ? incident : std::nullopt);
  }
}

bool Figures::has_data(const Class& one) const {
  return std::ranges::any_of(layer_of(one).sources(), [&](const model::SourceHealth& source) {
    return source.state != model::HealthState::kSilent &&
           holds(one.of.partners, partner_of(source.name));
  });
}

bool Figures::publish(Class& one, Instant as_of) const {
  const auto decided = one.publication->advance(as_of, has_data(one));
  const auto changes = one.narrowing.step(decided);
  const Instant shown_from = one.publication->shown_from();
  one.narrowing.forget(shown_from);
  for (const model::PublishedCount& count : changes.decided) {
    one.alerts.erase(model::published_count_id(count));
  }
  const auto alerts = layer_of(one).episodes().lived(Instant{}, Instant::max());
  for (model::PublishedAlert& alert : sharing::generalise(alerts, changes.decided, k_)) {
    one.alerts.insert_or_assign(alert.figure, alert);
  }
  std::erase_if(one.alerts,
                [&](const auto& entry) { return entry.second.period_end <= shown_from; });
  return !changes.all.empty() || !decided.empty();
}

bool Figures::advance(model::Version version, Instant as_of) {
  bool changed = false;
  for (Class& one : classes_) {
    if (one.narrower) one.narrower->advance(version, as_of);
    if (!begin(one)) continue;
    count(one);
    changed = publish(one, as_of) || changed;
  }
  if (changed) {
    health_ = sharing::banded_health(own_.sources(), k_, own_.view().audience().period_days);
  }
  return changed;
}

std::optional<Instant> Figures::next_change() const {
  std::optional<Instant> next;
  for (const Class& one : classes_) {
    const auto sooner = [&](Instant change) { next = next ? std::min(*next, change) : change; };
    if (one.publication) sooner(one.publication->next_change());
    if (!one.narrower) continue;
    if (const auto change = one.narrower->next_change()) sooner(*change);
  }
  return next;
}

Contents Figures::contents() const {
  Contents contents;
  auto& made = contents.made;
  for (const Class& one : classes_) {
    for (model::PublishedCount& count : one.narrowing.shown()) {
      made[tile_of(count.cell)].published_counts.push_back(std::move(count));
    }
    for (const auto& [figure, alert] : one.alerts) {
      made[tile_of(alert.cell)].published_alerts.push_back(alert);
    }
  }
  for (auto& [tile, content] : made) {
    std::ranges::sort(content.published_counts, {}, &model::published_count_id);
    std::ranges::sort(content.published_alerts, {}, &model::PublishedAlert::figure);
    model::TileView& view = contents.tiles[tile];
    refer(content.published_counts, view.published_counts);
    refer(content.published_alerts, view.published_alerts);
  }
  refer(health_, contents.tiles[model::Tile()].banded_health);
  return contents;
}

// When the epoch began. For each class, from narrow to wide: the layer, if it has one of its own;
// when it was reported first; whether it has begun, the publication, the narrowing, the alerts. Then
// health. 1970: not yet.
void Figures::write(ByteWriter& writer) const {
  writer.put_instant(begins_.value_or(Instant{}));
  for (const Class& one : classes_) {
    if (one.narrower) one.narrower->write(writer);
    writer.put_instant(one.reported.value_or(Instant{}));
    writer.put(one.publication.has_value());
    if (one.publication) writer.put_text(one.publication->checkpoint());
    writer.put_text(one.narrowing.checkpoint());
    writer.put_length(one.alerts.size());
    for (const auto& [figure, alert] : one.alerts) {
      writer.put_text(figure);
      writer.put(alert.cell.id());
      writer.put_instant(alert.period_start);
      writer.put_instant(alert.period_end);
      writer.put(alert.persons);
      writer.put(static_cast<std::uint8_t>(alert.severity));
      writer.put(static_cast<std::uint8_t>(alert.interval));
      writer.put(static_cast<std::uint8_t>(alert.expectation));
    }
  }
  writer.put_length(health_.size());
  for (const model::BandedHealth& health : health_) {
    writer.put_text(health.name);
    writer.put(static_cast<std::uint8_t>(health.state));
    writer.put(health.sources);
  }
}

void Figures::read(ByteReader& reader) {
  begins_ = reader.get_instant();
  for (Class& one : classes_) {
    if (one.narrower) one.narrower->read(reader);
    if (const Instant reported = reader.get_instant(); reported != Instant{}) {
      one.reported = reported;
    }
    if (reader.get_bool()) {
      one.publication = sharing::Publication::restore(one.rules, reader.get_text()).value();
    }
    one.narrowing = sharing::Narrowing::restore(k_, reader.get_text()).value();
    for (std::size_t left = reader.get_length(35); left > 0; --left) {
      model::PublishedAlert alert;
      alert.figure = reader.get_text();
      alert.cell = model::Cell(reader.get<std::uint64_t>());
      alert.period_start = reader.get_instant();
      alert.period_end = reader.get_instant();
      alert.persons = reader.get<std::uint32_t>();
      alert.severity = static_cast<model::Severity>(reader.get<std::uint8_t>());
      alert.interval = static_cast<model::IntervalBand>(reader.get<std::uint8_t>());
      alert.expectation = static_cast<model::ExpectationBand>(reader.get<std::uint8_t>());
      one.alerts.emplace(alert.figure, alert);
    }
  }
  for (std::size_t left = reader.get_length(13); left > 0; --left) {
    model::BandedHealth health;
    health.name = reader.get_text();
    health.state = static_cast<model::HealthState>(reader.get<std::uint8_t>());
    health.sources = reader.get<std::uint32_t>();
    health_.push_back(std::move(health));
  }
}

}  // namespace commonwatch::pipeline
