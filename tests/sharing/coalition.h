// A coalition with the six default audiences, to start from.
#pragma once

#include "hub/sharing/agreement.h"

namespace commonwatch::sharing::test {

inline FieldMask fields_of(std::initializer_list<Field> fields) {
  FieldMask mask;
  for (const Field field : fields) mask.add(field);
  return mask;
}

inline Term term_for(const std::string& audience, FieldMask fields, int level) {
  Term term = everything(audience);
  term.fields = fields;
  term.cell_level = level;
  term.purposes = {"response", "surveillance"};
  return term;
}

// county-ems shares with everybody, free-clinic (Part 2) counts with analysts and health, and
// outreach with responders and wider.
inline Settings coalition() {
  const FieldMask base =
      fields_of({Field::kOccurredAt, Field::kLocation, Field::kOutcome, Field::kPersons});
  const FieldMask counts = fields_of({Field::kOccurredAt, Field::kLocation, Field::kAreaCount});
  Agreement ems;
  ems.partner = "county-ems";
  ems.version = 3;
  ems.legal_basis = "45cfr164.512(b)";
  ems.since = instant_from_micros(1'500'000'000'000'000);
  ems.terms = {term_for("public", base, 11),   term_for("police", base, 11),
               term_for("partner", base, 11),  term_for("responders", base, 20),
               term_for("analysts", base, 20), everything("health")};
  ems.terms.back().purposes = {"response", "surveillance"};
  Agreement clinic;
  clinic.partner = "free-clinic";
  clinic.legal_basis = "42cfr2.54";
  clinic.part2 = true;
  clinic.terms = {term_for("analysts", counts, 12), term_for("health", counts, 12)};
  Agreement outreach;
  outreach.partner = "outreach";
  outreach.legal_basis = "mou-7";
  outreach.terms = {term_for("responders", base, 16), term_for("analysts", base, 18),
                    term_for("health", base, 30)};
  Settings settings;
  settings.audiences = default_audiences();
  settings.agreements = {ems, clinic, outreach};
  settings.publication.population = {{model::Cell::at({40.12, -75.34}, 9), 400'000}};
  return settings;
}

}  // namespace commonwatch::sharing::test
