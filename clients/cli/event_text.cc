#include "clients/cli/event_text.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <utility>
#include <vector>

#include "clients/cli/json_text.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

// The shortest text that reads back as the same number.
template <class Number>
std::string number_text(Number value) {
  std::array<char, 64> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end);
}

// `OUTCOME_NONFATAL` without its prefix, in lower case; empty for "not stated".
std::string enum_text(const std::string& name, std::string_view prefix) {
  std::string text = name.substr(name.starts_with(prefix) ? prefix.size() : 0);
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text == "unspecified" ? "" : text;
}

std::string kind_text(const v1::Event& event) {
  switch (event.report_case()) {
    case v1::Event::kOverdose:
      return "overdose";
    case v1::Event::kAreaCount:
      return "area_count";
    case v1::Event::kRetraction:
      return "retraction";
    default:
      return "";
  }
}

std::string substances_text(const v1::Overdose& overdose) {
  std::string text;
  for (const auto substance : overdose.substances()) {
    const auto name = v1::Substance_Name(static_cast<v1::Substance>(substance));
    text += (text.empty() ? "" : " ") + enum_text(name, "SUBSTANCE_");
  }
  return text;
}

int fatal_count(const v1::Overdose& overdose) {
  if (overdose.persons_size() == 0) return overdose.outcome() == v1::OUTCOME_FATAL ? 1 : 0;
  int fatal = 0;
  for (const auto& person : overdose.persons()) fatal += person.outcome() == v1::OUTCOME_FATAL;
  return fatal;
}

enum class Type { kText, kNumber };
struct Column {
  const char* name;
  Type type;
  std::string value;
};

// Every column, in order; the same for CSV and GeoJSON.
std::vector<Column> columns_of(const v1::ReplayedEvent& replayed) {
  const auto& event = replayed.event();
  const auto& place = event.location();
  const auto& overdose = event.overdose();
  const bool is_overdose = event.has_overdose();
  const bool is_count = event.has_area_count();
  const auto text_if = [](bool wanted, std::string text) {
    return wanted ? std::move(text) : std::string();
  };
  return {
      {"source", Type::kText, replayed.source()},
      {"sequence", Type::kNumber, std::to_string(replayed.sequence())},
      {"recorded_at", Type::kText, time_text(replayed.recorded_at())},
      {"record_id", Type::kText, event.record_id()},
      {"revision", Type::kNumber, std::to_string(event.revision())},
      {"occurred_at", Type::kText, time_text(event.occurred_at())},
      {"kind", Type::kText, kind_text(event)},
      {"latitude", Type::kNumber, text_if(event.has_location(), number_text(place.latitude()))},
      {"longitude", Type::kNumber, text_if(event.has_location(), number_text(place.longitude()))},
      {"accuracy_m", Type::kNumber,
       text_if(place.accuracy_m() > 0, number_text(place.accuracy_m()))},
      {"location_kind", Type::kText,
       enum_text(v1::LocationKind_Name(place.kind()), "LOCATION_KIND_")},
      {"area_code", Type::kText, place.area_code()},
      {"certainty", Type::kText, enum_text(v1::Certainty_Name(overdose.certainty()), "CERTAINTY_")},
      {"outcome", Type::kText, enum_text(v1::Outcome_Name(overdose.outcome()), "OUTCOME_")},
      {"persons", Type::kNumber,
       text_if(is_overdose, std::to_string(std::max(1, overdose.persons_size())))},
      {"fatal", Type::kNumber, text_if(is_overdose, std::to_string(fatal_count(overdose)))},
      {"substances", Type::kText, substances_text(overdose)},
      {"place", Type::kText, enum_text(v1::Place_Name(overdose.place()), "PLACE_")},
      {"transport", Type::kText, enum_text(v1::Transport_Name(overdose.transport()), "TRANSPORT_")},
      {"incidents", Type::kNumber,
       text_if(is_count, std::to_string(event.area_count().incidents()))},
      {"span_start", Type::kText, text_if(is_count, time_text(event.area_count().span_start()))},
  };
}

std::string csv_field(const std::string& text) {
  // A spreadsheet takes what begins so for a formula.
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  if (!formula && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') field.push_back('"');
    field.push_back(c);
  }
  return field + "\"";
}

}  // namespace

std::string event_head() {
  return "RECORDED              OCCURRED              KIND        PLACE                  SOURCE  "
         "RECORD";
}

std::string event_row(const v1::ReplayedEvent& replayed) {
  const auto& event = replayed.event();
  std::array<char, 128> row{};
  std::array<char, 64> place{"-"};
  if (event.has_location()) {
    std::snprintf(place.data(), place.size(), "%.5f,%.5f", event.location().latitude(),
                  event.location().longitude());
  }
  std::snprintf(row.data(), row.size(), "%-20s  %-20s  %-10s  %-21s  ",
                second_text(replayed.recorded_at()).c_str(),
                second_text(event.occurred_at()).c_str(), kind_text(event).c_str(), place.data());
  std::string text = row.data() + replayed.source() + "  " + event.record_id();
  if (event.revision() > 0) text += " revision " + std::to_string(event.revision());
  return text;
}

std::string csv_head() {
  std::string text;
  for (const auto& column : columns_of({}))
    text += (text.empty() ? "" : ",") + std::string(column.name);
  return text;
}

std::string csv_row(const v1::ReplayedEvent& replayed) {
  std::string text;
  bool first = true;
  for (const auto& column : columns_of(replayed)) {
    if (!first) text += ",";
    first = false;
    text += column.type == Type::kNumber ? column.value : csv_field(column.value);
  }
  return text;
}

std::string geojson_feature(const v1::ReplayedEvent& replayed) {
  std::string properties;
  for (const auto& column : columns_of(replayed)) {
    if (column.value.empty()) continue;
    properties += (properties.empty() ? "\"" : ",\"") + std::string(column.name) + "\":";
    properties += column.type == Type::kNumber ? column.value : json_string(column.value);
  }
  std::string geometry = "null";
  if (replayed.event().has_location()) {
    const auto& place = replayed.event().location();
    geometry = "{\"type\":\"Point\",\"coordinates\":[" + number_text(place.longitude()) + "," +
               number_text(place.latitude()) + "]}";
  }
  return "{\"type\":\"Feature\",\"geometry\":" + geometry + ",\"properties\":{" + properties + "}}";
}

}  // namespace commonwatch::cli
