#include "clients/cli/input/row_mapper.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "clients/cli/input/cell_text.h"
#include "clients/cli/input/digest.h"
#include "clients/cli/input/personal_data.h"
#include "clients/cli/input/suggestion.h"

namespace commonwatch::cli {
namespace {

void append_number(std::string& to, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) to += static_cast<char>((number >> shift) & 0xffU);
}

}  // namespace

RowMapper::RowMapper(Mapping mapping, const std::vector<std::string>& header,
                     const std::string& input)
    : mapping_(std::move(mapping)), width_(header.size()) {
  const auto bind = [&](const std::string& column, std::uint32_t line) {
    if (!column.empty()) index_[column] = index_of(column, line, header, input);
  };
  for (const CellTest& filter : mapping_.filters) bind(filter.column, filter.line);
  if (mapping_.retraction) bind(mapping_.retraction->column, mapping_.retraction->line);
  if (mapping_.match_key) bind(mapping_.match_key->column, mapping_.match_key->line);
  bind(mapping_.record_id.column, mapping_.record_id.line);
  for (const std::string& column : mapping_.occurred_at.columns) {
    bind(column, mapping_.occurred_at.line);
  }
  for (const auto& rule : mapping_.fields) {
    if (rule) bind(rule->column, rule->line);
  }
  if (mapping_.record_id.column.empty()) bind_hash(header, input);
}

std::size_t RowMapper::index_of(const std::string& column, std::uint32_t line,
                                const std::vector<std::string>& header, const std::string& input) {
  const auto named = [&](const std::string& name) { return trim(name) == trim(column); };
  const auto found = std::find_if(header.begin(), header.end(), named);
  const std::string where = mapping_.name + ":" + std::to_string(line) + ": ";
  if (found == header.end()) {
    throw InputError(where + "there is no column \"" + column + "\" in " + input + "; " +
                     suggest(column, header));
  }
  if (std::find_if(found + 1, header.end(), named) != header.end()) {
    throw InputError(where + "the column \"" + column + "\" is there twice in " + input +
                     "; give the columns names of your own with [csv] columns");
  }
  return static_cast<std::size_t>(found - header.begin());
}

void RowMapper::bind_hash(const std::vector<std::string>& header, const std::string& input) {
  const RecordIdRule& rule = mapping_.record_id;
  for (const std::string& column : rule.hash_columns) {
    hashed_.push_back(index_of(column, rule.line, header, input));
  }
  if (!hashed_.empty()) return;
  for (std::size_t i = 0; i < header.size(); ++i) {
    // Who knows the rest of the row could find out the name by trying.
    if (const std::string what = personal_data_in(header[i]); !what.empty()) {
      throw InputError(mapping_.name + ":" + std::to_string(rule.line) + ": the column \"" +
                       header[i] + "\" of " + input + " looks like personal data (" + what +
                       "), which a hash does not hide; name the columns that are to be hashed: " +
                       "record_id = { hash = \"row\", columns = [...] }");
    }
    hashed_.push_back(i);
  }
}

std::string_view RowMapper::cell(const CsvRow& row, const std::string& column) const {
  return row.cells[index_.find(column)->second];
}

RowMapper::Verdict RowMapper::look_at(const CsvRow& row) {
  last_fault_.reset();
  if (row.cells.size() != width_) {
    last_fault_ = ReadFault{row.line, "",
                            "the row has " + std::to_string(row.cells.size()) +
                                " columns, the header has " + std::to_string(width_) +
                                "; correct the row, or the delimiter in the mapping"};
    return Verdict::kFault;
  }
  for (const CellTest& filter : mapping_.filters) {
    try {
      if (!filter.holds(std::string(cell(row, filter.column)))) return Verdict::kFiltered;
    } catch (const std::runtime_error&) {
      last_fault_ = ReadFault{row.line, filter.column,
                              "the regex of the filter is too hard for this cell; simplify it"};
      return Verdict::kFault;
    }
  }
  identify(row);
  return Verdict::kKept;
}

void RowMapper::identify(const CsvRow& row) {
  const RecordIdRule& rule = mapping_.record_id;
  if (!rule.column.empty()) {
    const std::string_view own = trim(cell(row, rule.column));
    record_id_ = own.empty() ? "" : rule.prefix + std::string(own);
    return;
  }
  std::string canonical;
  for (const std::size_t i : hashed_) {
    append_number(canonical, row.cells[i].size());
    canonical += row.cells[i];
  }
  std::string digest = sha256(canonical);
  RowHash hash{};
  std::memcpy(hash.data(), digest.data(), sizeof hash);
  const std::uint32_t ordinal = twins_[hash]++;
  append_number(digest, ordinal);
  record_id_ = rule.prefix + to_hex(sha256(digest));
}

ReadItem RowMapper::map(const CsvRow& row) const {
  if (last_fault_) return *last_fault_;
  RowEvent event(mapping_, row, index_);
  return event.build(record_id_);
}

}  // namespace commonwatch::cli
