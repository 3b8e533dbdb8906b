// The event of one row.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "clients/cli/input/csv.h"
#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/mapping.h"

namespace commonwatch::cli {

// Where each column that a rule names stands in a row.
using ColumnIndex = std::map<std::string, std::size_t, std::less<>>;

// For one row; the arguments must remain live. Notes the first fault and goes on.
class RowEvent {
 public:
  RowEvent(const Mapping& mapping, const CsvRow& row, const ColumnIndex& index)
      : mapping_(mapping), row_(row), index_(index) {}

  ReadItem build(const std::string& record_id);

 private:
  const std::string& cell(const std::string& column) const;
  void note(const FieldTraits& traits, const FieldRule& rule, const std::string& sentence);
  // A cell's text through the rule's value table; nothing if it is empty or unknown (noted).
  std::optional<std::string> through(const FieldTraits& traits, const FieldRule& rule,
                                     const std::string& text);
  std::optional<std::string> text(Field field);
  std::optional<double> number(Field field);
  // 0 (not stated) if there is nothing.
  int enumeration(Field field);
  int enumeration_of(const FieldTraits& traits, const FieldRule& rule, const std::string& text);

  void set_occurred_at(v1::Event& event);
  void set_location(v1::Event& event);
  void set_overdose(v1::Overdose& overdose);
  void set_substances(v1::Overdose& overdose);
  void set_persons(v1::Overdose& overdose);
  void set_administrations(v1::Person& person);
  bool is_retraction();

  const Mapping& mapping_;
  const CsvRow& row_;
  const ColumnIndex& index_;
  std::optional<ReadFault> fault_;
};

}  // namespace commonwatch::cli
