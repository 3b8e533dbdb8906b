#include <zlib.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "bench/detection/bad_input.h"
#include "bench/detection/noufaily.h"
#include "bench/detection/program.h"

namespace commonwatch::detection {
namespace {

using Catch::Contains;

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "detection-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  std::string gzip_file(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path.string();
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Two columns, `a` and `b`, a row a day.
template <typename A, typename B>
std::string two_columns(std::size_t days, A a, B b) {
  std::string text = "a,b\n";
  for (std::size_t day = 0; day < days; ++day) {
    text += std::to_string(a(day)) + "," + std::to_string(b(day)) + "\n";
  }
  return text;
}

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"detection"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::ostringstream out;
  std::ostringstream err;
  auto* const old_out = std::cout.rdbuf(out.rdbuf());
  auto* const old_err = std::cerr.rdbuf(err.rdbuf());
  const int status = run_program(static_cast<int>(argv.size()), argv.data());
  std::cout.rdbuf(old_out);
  std::cerr.rdbuf(old_err);
  return {status, out.str(), err.str()};
}

constexpr std::size_t kDays = 900;
constexpr std::size_t kBegin = kDays - kScoredDays;

// Calm but for one day: 3, 4, 5, 4, and on; b has ten extra on day 100 of the scored part.
std::uint32_t calm(std::size_t day) {
  return 3 + (day % 4 == 3 ? 1U : static_cast<unsigned>(day % 4));
}
std::uint32_t extra(std::size_t day) { return day == kBegin + 100 ? 30 : 0; }
std::uint32_t none(std::size_t) { return 0; }

std::string known_totals() {
  return two_columns(kDays, calm, [](std::size_t day) { return calm(day) + extra(day); });
}
std::string known_outbreaks() { return two_columns(kDays, none, extra); }

TEST_CASE("A matrix is read alike from plain text, gzip, and lines that end in CR LF") {
  const Folder folder;
  const std::string text = "s1_r1,\"s1_r2\"\n1,20\n3,4294967295\n";
  std::string with_cr = text;
  for (std::size_t at = 0; (at = with_cr.find('\n', at)) != std::string::npos; at += 2) {
    with_cr.insert(at, "\r");
  }
  for (const std::string& file :
       {folder.file("plain", text), folder.gzip_file("zipped", text), folder.file("cr", with_cr)}) {
    const Matrix matrix = read_matrix(file);
    CHECK(matrix.names == std::vector<std::string>{"s1_r1", "s1_r2"});
    CHECK(matrix.series == std::vector<std::vector<std::uint32_t>>{{1, 3}, {20, 4294967295U}});
  }
}

TEST_CASE("A file that is no matrix is refused, with the place and what to do") {
  const Folder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "is empty"},
      {"a,b\n", "has no row"},
      {"a,a\n1,2\n", "line 1: column 2 is named \"a\""},
      {"a,\n1,2\n", "line 1: column 2 is named \"\""},
      {"a,b\n1,2\n1\n", "line 3 has fewer values"},
      {"a,b\n1,2,3\n", "line 2 has more values"},
      {"a,b\n1,2\n1,x\n", "line 3, column b: \"x\" is not a count"},
      {"a,b\n1,-2\n", "line 2, column b: \"-2\" is not a count"},
      {"a,b\n1,2.5\n", "line 2, column b: \"2.5\" is not a count"},
      {"a,b\n1,4294967296\n", "is not a count"},
      {"a,b\n1,2\n\n3,4\n", "line 3, column a: \"\" is not a count"},
  };
  for (const auto& [text, what] : cases) {
    CAPTURE(text);
    CHECK_THROWS_WITH(read_matrix(folder.file("bad", text)), Contains(what));
  }
  CHECK_THROWS_WITH(read_matrix(folder.path() / "absent"), Contains("cannot open"));
  CHECK_THROWS_WITH(read_matrix(folder.path()), Contains("cannot read"));
}

TEST_CASE("A gzip file that was cut off is refused") {
  const Folder folder;
  const std::string whole = folder.gzip_file("whole", known_totals());
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  CHECK_THROWS_WITH(read_matrix(whole), Contains("cannot read"));
}

TEST_CASE("Alarms are counted by the definitions") {
  // An outbreak on days 2 to 5, with a day without cases in it; found on its last day.
  const std::vector<std::vector<std::uint32_t>> outbreaks = {{0, 0, 1, 0, 2, 1, 0, 0, 0, 0},
                                                             {0, 0, 0, 0, 0, 0, 0, 0, 0, 4}};
  const std::vector<Statistic> statistics = {{9, 0, 0, 9, 0, 9, 0, 0, 0, 0},
                                             {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
  const Score found = score(statistics, outbreaks, 3);
  CHECK(found.fpr == Approx(2.0 / 16));
  CHECK(found.pod == Approx(1.0 / 2));
  CHECK(found.timeliness == Approx((3.0 / 4 + 1) / 2));
}

TEST_CASE("A statistic at the threshold is no alarm, and one that is missing never is") {
  const std::vector<std::vector<std::uint32_t>> outbreaks = {{0, 0, 1}};
  const std::vector<Statistic> statistics = {{3, -std::numeric_limits<double>::infinity(), 3}};
  CHECK(score(statistics, outbreaks, 3).fpr == 0);
  CHECK(score(statistics, outbreaks, 3).pod == 0);
  CHECK(score(statistics, outbreaks, 2.9).fpr == Approx(0.5));
  CHECK(score(statistics, outbreaks, 2.9).pod == 1);
}

TEST_CASE("Without outbreaks there is no pod, and no timeliness") {
  const std::vector<std::vector<std::uint32_t>> outbreaks = {{0, 0}};
  const std::vector<Statistic> statistics = {{1, 2}};
  CHECK(std::isnan(score(statistics, outbreaks, 3).pod));
  CHECK(std::isnan(score(statistics, outbreaks, 3).timeliness));
  CHECK(score(statistics, outbreaks, 3).fpr == 0);
}

TEST_CASE("The threshold at a rate keeps to the rate, also where values are tied") {
  const std::vector<std::vector<std::uint32_t>> outbreaks = {{0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}};
  const std::vector<Statistic> statistics = {{1, 2, 3, 4, 5, 5, 5, 6, 99, 7, 8}};
  const auto rate_at = [&](double fpr) {
    return score(statistics, outbreaks, threshold_at(statistics, outbreaks, fpr)).fpr;
  };
  CHECK(rate_at(0.3) == Approx(0.3));
  CHECK(rate_at(0.5) == Approx(0.3));  // three are tied at the cut
  CHECK(rate_at(0.6) == Approx(0.6));
  CHECK(rate_at(0) == 0);
  CHECK(threshold_at(statistics, outbreaks, 0.3) == 5);
}

TEST_CASE("On a calm series with one great day every method finds it at its nominal threshold") {
  const Folder folder;
  const NoufailyResult result = score_noufaily(read_matrix(folder.file("t", known_totals())),
                                               read_matrix(folder.file("o", known_outbreaks())));
  CHECK(result.series == 2);
  std::vector<std::string> keys;
  for (const MethodScore& method : result.methods) {
    CAPTURE(method.key);
    keys.push_back(method.key);
    if (method.key == "ears_c3_equal_rate") continue;
    CHECK(method.score.pod == 1);
    CHECK(method.score.timeliness == 0);
  }
  CHECK(keys == std::vector<std::string>{"commonwatch", "ears_c1", "ears_c1_equal_rate", "ears_c2",
                                         "ears_c2_equal_rate", "ears_c3", "ears_c3_equal_rate"});
  CHECK(result.methods[0].score.fpr == 0);
  CHECK(result.methods[1].score.fpr == 0);
  // C3 still holds the great day on the two that follow: without false alarms it finds nothing.
  CHECK(result.methods[5].score.fpr == Approx(2.0 / 685));
  CHECK(result.methods[6].score.fpr == 0);
  CHECK(result.methods[6].score.pod == 0);
}

TEST_CASE("The program prints the figures as JSON, or as a table") {
  const Folder folder;
  const std::string totals = folder.gzip_file("t.gz", known_totals());
  const std::string outbreaks = folder.file("o", known_outbreaks());
  const Outcome json = run({"noufaily", totals, outbreaks, "--json"});
  CHECK(json.status == 0);
  CHECK(json.err.empty());
  CHECK_THAT(json.out,
             Contains(R"({"days_scored":343,"series":2,"methods":{"commonwatch":{"fpr":0,)"
                      R"("pod":1,"timeliness":0,)"));
  const Outcome table = run({"noufaily", totals, outbreaks});
  CHECK(table.status == 0);
  CHECK_THAT(table.out, Contains("| commonwatch | -0.003 | 0 | 1 | 0 |"));
}

TEST_CASE("Bad input ends with status 7, and a wrong command line with 2") {
  const Folder folder;
  const std::string totals = folder.file("t", known_totals());
  const std::string outbreaks = folder.file("o", known_outbreaks());
  const std::string shorter = folder.file("s", two_columns(kDays - 1, none, none));
  const std::string other = folder.file("x", "a,c\n0,0\n");
  const std::string short_totals = folder.file("st", two_columns(400, calm, calm));
  const std::string short_outbreaks = folder.file("so", two_columns(400, none, none));
  const auto status_of = [](const std::string& first, const std::string& second,
                            const std::string& what) {
    const Outcome outcome = run({"noufaily", first, second});
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains(what));
    return outcome.status;
  };
  CHECK(status_of(totals, folder.path() / "absent", "cannot open") == 7);
  CHECK(status_of(totals, shorter, "the same rows") == 7);
  CHECK(status_of(totals, other, "the same header") == 7);
  CHECK(status_of(outbreaks, totals, "the totals come first") == 7);
  CHECK(status_of(short_totals, short_outbreaks, "give at least 708") == 7);
  CHECK(run({}).status == 2);
  CHECK(run({"noufaily", totals}).status == 2);
  CHECK(run({"noufaily", totals, outbreaks, "--nonsense"}).status == 2);
  CHECK(run({"nonsense"}).status == 2);
  CHECK(run({"--help"}).status == 0);
  CHECK(run({"noufaily", "--help"}).status == 0);
}

TEST_CASE("On the published simulations ours reaches its mark, and beats EARS at equal rate") {
  const char* given = std::getenv("COMMONWATCH_SHARED");
  const std::filesystem::path shared =
      given != nullptr ? std::filesystem::path(given)
                       : std::filesystem::path(COMMONWATCH_CHECKOUT).parent_path() / "shared";
  const auto totals = shared / "data" / "noufaily-2x-totals.csv.gz";
  const auto outbreaks = shared / "data" / "noufaily-2x-outbreak.csv.gz";
  if (!std::filesystem::exists(totals) || !std::filesystem::exists(outbreaks)) {
    WARN("skipped: no simulations in " << shared);
    return;
  }
  const NoufailyResult result = score_noufaily(read_matrix(totals), read_matrix(outbreaks));
  REQUIRE(result.series == 1600);
  const MethodScore& ours = result.methods.front();
  CHECK(ours.key == "commonwatch");
  CHECK(ours.score.fpr <= 0.009);
  CHECK(ours.score.pod >= 0.60);
  for (const MethodScore& method : result.methods) {
    if (!method.key.ends_with("_equal_rate")) continue;
    CAPTURE(method.key);
    CHECK(method.score.fpr <= ours.score.fpr);
    CHECK(method.score.pod < ours.score.pod);
    CHECK(method.score.timeliness > ours.score.timeliness);
  }
}

}  // namespace
}  // namespace commonwatch::detection
