#include "hub/statistics/getis_ord.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/statistics/benjamini_hochberg.h"
#include "hub/statistics/poisson_tail.h"
#include "tests/statistics/oracle.h"

namespace commonwatch::statistics {
namespace {

constexpr int kLevel = 13;

using CountByCell = std::map<model::Cell, std::uint32_t>;

// The oracle's universe: every cell of the level with a call of any kind, in the order of tokens.
struct Map {
  std::vector<test::Call> calls = test::read_calls();
  std::vector<model::Cell> cells;  // of the calls
  CountByCell all;

  Map() {
    for (const test::Call& call : calls) {
      cells.push_back(model::Cell::at({call.latitude, call.longitude}, kLevel));
      ++all[cells.back()];
    }
  }

  // Overdoses from `from` to before `to`, zeros included.
  CountByCell overdoses(const std::string& from, const std::string& to) const {
    CountByCell counts;
    for (const auto& [cell, count] : all) counts[cell] = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const test::Call& call = calls[i];
      if (call.overdose && call.when >= from && call.when < to) ++counts[cells[i]];
    }
    return counts;
  }
};

const Map& map() {
  static const Map read;
  return read;
}

struct Block {
  std::uint64_t count = 0;
  std::uint64_t cells = 0;
};

Block block_of(const CountByCell& counts, model::Cell cell) {
  Block block{counts.at(cell), 1};
  for (const model::Cell neighbor : cell.neighbors()) {
    const auto found = counts.find(neighbor);
    if (found == counts.end()) continue;
    block.count += found->second;
    ++block.cells;
  }
  return block;
}

Universe universe_of(const CountByCell& counts) {
  Universe universe;
  for (const auto& [cell, count] : counts) {
    ++universe.cells;
    universe.sum += count;
    universe.squares += std::uint64_t{count} * count;
  }
  return universe;
}

// The file's rows by cell.
std::map<std::string, std::size_t> rows_of(const test::Table& table) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < table.at("cell").size(); ++row) rows[table.at("cell")[row]] = row;
  return rows;
}

// Below this R prints fewer digits than the comparison needs.
constexpr double kTiny = 1e-290;

void require_same_sets(const std::vector<double>& p_values, const std::vector<double>& oracle_q,
                       const char* name) {
  CAPTURE(name);
  const auto q = q_values(p_values);
  const auto is_rejected = rejected(p_values);
  std::size_t rejections = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    CAPTURE(i);
    REQUIRE(is_rejected[i] == (oracle_q[i] <= kFalseDiscoveryRate));
    if (oracle_q[i] > kTiny) REQUIRE(q[i] == Approx(oracle_q[i]).epsilon(1e-8));
    rejections += is_rejected[i] ? 1 : 0;
  }
  CHECK(rejections > 0);
}

void require_agreement(const std::string& file, const CountByCell& counts) {
  const auto table = test::read_oracle(file);
  const auto rows = rows_of(table);
  REQUIRE(rows.size() == counts.size());
  const Universe universe = universe_of(counts);
  std::vector<double> normal;
  std::vector<double> poisson;
  std::vector<double> normal_q;
  std::vector<double> poisson_q;
  for (const auto& [cell, count] : counts) {
    CAPTURE(file, cell.token());
    const std::size_t row = rows.at(cell.token());
    const auto at = [&](const char* column) { return test::number(table.at(column)[row]); };
    const Block block = block_of(counts, cell);
    REQUIRE(count == at("n_self"));
    REQUIRE(static_cast<double>(block.cells) == at("W"));
    REQUIRE(static_cast<double>(block.count) == at("L"));
    const auto z = getis_ord_z(block.count, block.cells, universe);
    REQUIRE(z.has_value());
    REQUIRE(*z == Approx(at("z")).epsilon(0).margin(1e-6));
    normal.push_back(normal_tail(*z));
    REQUIRE(normal.back() == Approx(at("p_norm")).epsilon(1e-9));
    const double expected = universe.mean() * static_cast<double>(block.cells);
    poisson.push_back(poisson_tail(block.count, expected));
    if (at("p_pois") > kTiny) REQUIRE(poisson.back() == Approx(at("p_pois")).epsilon(1e-9));
    normal_q.push_back(at("q_BH"));
    poisson_q.push_back(at("q_pois_BH"));
  }
  require_same_sets(normal, normal_q, "normal");
  require_same_sets(poisson, poisson_q, "Poisson");
}

std::string days_before(const std::string& day, int days) {
  const auto instant = parse_rfc3339(day + "T00:00:00Z");
  REQUIRE(instant.has_value());
  return to_rfc3339(*instant - std::chrono::hours(24 * days)).substr(0, 10);
}

TEST_CASE("The universe and its neighbours agree with the oracle's") {
  if (!test::oracle_is_there()) return;
  const auto table = test::read_oracle("cells_L13.csv");
  const auto rows = rows_of(table);
  const CountByCell overdoses = map().overdoses("", "9");
  REQUIRE(rows.size() == map().all.size());
  for (const auto& [cell, count] : map().all) {
    CAPTURE(cell.token());
    const std::size_t row = rows.at(cell.token());
    REQUIRE(count == test::number(table.at("all_calls")[row]));
    REQUIRE(overdoses.at(cell) == test::number(table.at("overdose")[row]));
    const std::string neighbors = " " + table.at("nbrs")[row] + " ";
    for (const model::Cell neighbor : cell.neighbors()) {
      REQUIRE(neighbors.find(" " + neighbor.token() + " ") != std::string::npos);
    }
  }
}

TEST_CASE("Gi*, the exact Poisson tail and the rejected cells of the year agree with the oracle") {
  if (!test::oracle_is_there()) return;
  require_agreement("gistar_L13_all.csv", map().overdoses("", "9"));
}

TEST_CASE("Gi*, the exact Poisson tail and the rejected cells of trailing days agree") {
  if (!test::oracle_is_there()) return;
  for (const std::string day : {"2016-03-27", "2016-10-22", "2016-12-17"}) {
    for (const int days : {7, 28}) {
      require_agreement("gistar_L13_asof_" + day + "_" + std::to_string(days) + "d.csv",
                        map().overdoses(days_before(day, days), day));
    }
  }
}

TEST_CASE("Gi* has no value where all cells count the same, or the block is the universe") {
  CHECK_FALSE(getis_ord_z(9, 9, {100, 100, 100}).has_value());
  CHECK_FALSE(getis_ord_z(9, 9, {9, 9, 81}).has_value());
  CHECK_FALSE(getis_ord_z(0, 0, {100, 10, 20}).has_value());
  CHECK_FALSE(getis_ord_z(0, 1, {}).has_value());
}

TEST_CASE("Gi* is 0 for a block at the mean and grows with the block's count") {
  const Universe universe{100, 200, 900};
  CHECK(*getis_ord_z(18, 9, universe) == Approx(0).margin(1e-12));
  CHECK(*getis_ord_z(19, 9, universe) > 0);
  CHECK(*getis_ord_z(17, 9, universe) == Approx(-*getis_ord_z(19, 9, universe)));
}

}  // namespace
}  // namespace commonwatch::statistics
