#include "hub/sharing/narrowing.h"

#include "hub/base/byte_stream.h"
#include "hub/sharing/figure_bytes.h"

namespace commonwatch::sharing {
namespace {

constexpr std::uint64_t kMagic = 0x574f5252414e5743;  // "CWNARROW"
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kEntryBytesMin = 8 + 8 + 8 + 8 + 1 + 1 + kFigureBytesMin;

Figure figure_of(const model::PublishedCount& count) {
  Figure figure;
  if (count.state != model::FigureState::kShown) return figure;
  Tally tally;
  tally.persons = count.persons;
  tally.fatal = count.outcomes ? count.outcomes->fatal : 0;
  figure.shown = tally;
  figure.outcomes_gone = !count.outcomes.has_value();
  return figure;
}

// As `count` is shown to whoever is shown `figure`.
void set(model::PublishedCount& count, const Figure& figure) {
  count.persons = 0;
  count.outcomes.reset();
  if (!figure.shown) {
    // Shown to others alone: hidden here.
    if (count.state == model::FigureState::kShown) count.state = model::FigureState::kHidden;
    return;
  }
  count.state = model::FigureState::kShown;
  count.persons = figure.shown->persons;
  if (figure.outcomes_shown()) {
    count.outcomes = {figure.shown->fatal, figure.shown->persons - figure.shown->fatal};
  }
}

Error refused(const std::string& what) {
  return make_error(ErrorCode::kInternal, "the checkpoint of an audience's figures " + what +
                                              "; delete it, the log is folded anew");
}

}  // namespace

Narrowing::Changes Narrowing::step(const std::vector<model::PublishedCount>& changed) {
  Changes changes;
  for (const model::PublishedCount& wide : changed) {
    const auto [found, is_new] = entries_.try_emplace(model::published_count_id(wide));
    Entry& entry = found->second;
    const model::PublishedCount before = entry.count;
    entry.figure = narrow(entry.figure, figure_of(wide), k_);
    entry.count = wide;
    set(entry.count, entry.figure);
    if (!is_new && entry.count == before) continue;
    changes.all.push_back(entry.count);
    if (is_new || entry.count.state != before.state || entry.count.persons != before.persons) {
      changes.decided.push_back(entry.count);
    }
  }
  return changes;
}

std::vector<model::PublishedCount> Narrowing::shown() const {
  std::vector<model::PublishedCount> all;
  for (const auto& [id, entry] : entries_) all.push_back(entry.count);
  return all;
}

void Narrowing::forget(Instant period_end_before) {
  std::erase_if(entries_, [&](const auto& entry) {
    return entry.second.count.period_end < period_end_before;
  });
}

std::string Narrowing::checkpoint() const {
  ByteWriter writer;
  writer.put(kMagic);
  writer.put(kFormat);
  writer.put(k_);
  writer.put_length(entries_.size());
  for (const auto& [id, entry] : entries_) {
    writer.put_text(entry.count.shared_with);
    writer.put(entry.count.cell.id());
    writer.put_instant(entry.count.period_start);
    writer.put_instant(entry.count.period_end);
    writer.put(static_cast<std::uint8_t>(entry.count.state));
    writer.put(entry.count.revision_pending);
    put(writer, entry.figure);
  }
  return writer.finish();
}

Result<Narrowing> Narrowing::restore(std::uint32_t k, std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.failed()) return refused("is damaged or cut off");
  if (reader.get<std::uint64_t>() != kMagic) return refused("is something else");
  if (reader.get<std::uint32_t>() != kFormat) return refused("is of another version");
  if (reader.get<std::uint32_t>() != k) return refused("is of another k");
  Narrowing narrowing(k);
  const std::size_t length = reader.get_length(kEntryBytesMin);
  for (std::size_t i = 0; i < length && !reader.failed(); ++i) {
    Entry entry;
    entry.count.shared_with = reader.get_text();
    entry.count.cell = model::Cell(reader.get<std::uint64_t>());
    entry.count.period_start = reader.get_instant();
    entry.count.period_end = reader.get_instant();
    const auto state = reader.get<std::uint8_t>();
    reader.require(state <= static_cast<std::uint8_t>(model::FigureState::kNoData));
    entry.count.state = static_cast<model::FigureState>(state);
    entry.count.revision_pending = reader.get_bool();
    entry.figure = get_figure(reader);
    reader.require(entry.count.cell.is_valid());
    if (reader.failed()) break;
    set(entry.count, entry.figure);
    narrowing.entries_.emplace(model::published_count_id(entry.count), std::move(entry));
  }
  if (!reader.is_whole()) return refused("does not make sense");
  return narrowing;
}

}  // namespace commonwatch::sharing
