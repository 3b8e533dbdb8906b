#include <optional>
#include <utility>

#include "clients/cli/input/csv.h"
#include "clients/cli/input/readers.h"
#include "clients/cli/input/row_mapper.h"

namespace commonwatch::cli {
namespace {

class CsvReader final : public EventReader {
 public:
  CsvReader(InputWindow window, Mapping mapping, const std::string& name, bool follow)
      : rows_(std::move(window), mapping.delimiter, follow),
        mapping_(std::move(mapping)),
        name_(name),
        follow_(follow) {
    bind();
  }

  std::optional<ReadItem> next() override {
    if (!bind()) return std::nullopt;
    while (auto item = rows_.next()) {
      if (const auto* fault = std::get_if<ReadFault>(&*item)) return *fault;
      const CsvRow& row = std::get<CsvRow>(*item);
      if (look_at(row) != RowMapper::Verdict::kFiltered) return mapper_->map(row);
    }
    return std::nullopt;
  }

  std::uint64_t position() const override { return rows_.position(); }
  std::uint64_t filtered() const override { return filtered_; }

  void skip_to(std::uint64_t position) override {
    if (position > rows_.position() && !bind()) throw position_error(name_, position);
    while (rows_.position() < position) {
      const auto item = rows_.next();
      if (!item) throw position_error(name_, position);
      if (const auto* row = std::get_if<CsvRow>(&*item)) look_at(*row);
    }
    if (position != 0 && rows_.position() != position) throw position_error(name_, position);
  }

 private:
  // Reads the header row, once it is there.
  bool bind() {
    if (mapper_) return true;
    if (!mapping_.columns.empty()) {
      mapper_.emplace(mapping_, mapping_.columns, name_);
      return true;
    }
    const auto item = rows_.next();
    if (!item) {
      if (follow_) return false;
      throw InputError(name_ + " is empty; its first row is to name the columns");
    }
    if (const auto* fault = std::get_if<ReadFault>(&*item)) {
      throw InputError(name_ + ", header row: " + fault->message);
    }
    mapper_.emplace(mapping_, std::get<CsvRow>(*item).cells, name_);
    return true;
  }

  RowMapper::Verdict look_at(const CsvRow& row) {
    const auto verdict = mapper_->look_at(row);
    filtered_ += verdict == RowMapper::Verdict::kFiltered ? 1 : 0;
    return verdict;
  }

  CsvRows rows_;
  Mapping mapping_;
  std::string name_;
  bool follow_;
  std::optional<RowMapper> mapper_;
  std::uint64_t filtered_ = 0;
};

}  // namespace

std::unique_ptr<EventReader> make_csv_reader(InputWindow window, Mapping mapping,
                                             const std::string& name, bool follow) {
  return std::make_unique<CsvReader>(std::move(window), std::move(mapping), name, follow);
}

}  // namespace commonwatch::cli
