#include "hub/sharing/figure_bytes.h"

namespace commonwatch::sharing {

void put(ByteWriter& writer, const Tally& tally) {
  writer.put(tally.incidents);
  writer.put(tally.persons);
  writer.put(tally.fatal_incidents);
  writer.put(tally.fatal);
  writer.put(tally.other_incidents);
}

void put(ByteWriter& writer, const Figure& figure) {
  writer.put(figure.outcomes_gone);
  writer.put(figure.shown.has_value());
  if (figure.shown) put(writer, *figure.shown);
}

Tally get_tally(ByteReader& reader) {
  Tally tally;
  tally.incidents = reader.get<std::uint32_t>();
  tally.persons = reader.get<std::uint32_t>();
  tally.fatal_incidents = reader.get<std::uint32_t>();
  tally.fatal = reader.get<std::uint32_t>();
  tally.other_incidents = reader.get<std::uint32_t>();
  reader.require(tally.fatal <= tally.persons && tally.incidents <= tally.persons);
  return tally;
}

Figure get_figure(ByteReader& reader) {
  Figure figure;
  figure.outcomes_gone = reader.get_bool();
  if (reader.get_bool()) figure.shown = get_tally(reader);
  return figure;
}

}  // namespace commonwatch::sharing
