// What is known of pages, from their records.
#include "hub/alert/ledger.h"

#include <catch2/catch.hpp>

namespace commonwatch::alert::test {
namespace {

using model::PagingPhase;

Instant minute(int minutes) {
  return instant_from_micros(1'772'323'200'000'000) + std::chrono::minutes(minutes);
}

model::Paging step(const std::string& alert, const std::string& target, PagingPhase phase,
                   std::uint32_t attempt, int minutes, std::uint32_t version = 1) {
  return {alert,
          version,
          target,
          alert + "/" + std::to_string(version) + "/" + target,
          attempt,
          phase,
          minute(minutes),
          model::Severity::kWatch,
          4,
          model::PageReason::kOpened};
}

TEST_CASE("A target that was never paged has no page") {
  Ledger ledger;
  ledger.record(step("a", "desk", PagingPhase::kIntended, 1, 0));
  CHECK(ledger.find("a", "night") == nullptr);
  CHECK(ledger.find("b", "desk") == nullptr);
}

TEST_CASE("A page keeps when it was started through all its attempts") {
  Ledger ledger;
  ledger.record(step("a", "desk", PagingPhase::kIntended, 1, 0));
  ledger.record(step("a", "desk", PagingPhase::kFailed, 1, 1));
  ledger.record(step("a", "desk", PagingPhase::kIntended, 2, 2));
  const Page* page = ledger.find("a", "desk");
  REQUIRE(page != nullptr);
  CHECK(page->id == "a/1/desk");
  CHECK(page->phase == PagingPhase::kIntended);
  CHECK(page->attempts == 2);
  CHECK(page->started == minute(0));
  CHECK(page->at == minute(2));
  CHECK(page->level == model::Severity::kWatch);
  CHECK(page->count == 4);
  CHECK(page->reason == model::PageReason::kOpened);
}

TEST_CASE("A page on a later version starts anew") {
  Ledger ledger;
  ledger.record(step("a", "desk", PagingPhase::kSent, 3, 0));
  ledger.record(step("a", "desk", PagingPhase::kIntended, 1, 9, 5));
  CHECK(ledger.find("a", "desk")->started == minute(9));
  CHECK(ledger.find("a", "desk")->alert_version == 5);
  CHECK(ledger.find("a", "desk")->attempts == 1);
}

TEST_CASE("A page that was held back starts with its first attempt") {
  Ledger ledger;
  ledger.record(step("a", "desk", PagingPhase::kHeldBack, 0, 0));
  ledger.record(step("a", "desk", PagingPhase::kIntended, 1, 300));
  CHECK(ledger.find("a", "desk")->started == minute(300));
}

Page in(PagingPhase phase) {
  Page page;
  page.phase = phase;
  return page;
}

TEST_CASE("An intent and a failure are under way, an outcome is not") {
  CHECK(is_under_way(in(PagingPhase::kIntended)));
  CHECK(is_under_way(in(PagingPhase::kFailed)));
  CHECK(!is_under_way(in(PagingPhase::kSent)));
  CHECK(!is_under_way(in(PagingPhase::kGivenUp)));
  CHECK(!is_under_way(in(PagingPhase::kHeldBack)));
}

TEST_CASE("The pages of an alert that is gone are forgotten, the others stay") {
  Ledger ledger;
  for (const std::string alert : {"a", "b"}) {
    ledger.record(step(alert, "desk", PagingPhase::kSent, 1, 0));
    ledger.record(step(alert, "night", PagingPhase::kSent, 1, 0));
  }
  ledger.keep_if([](const std::string& id) { return id == "b"; });
  CHECK(ledger.size() == 2);
  CHECK(ledger.find("a", "desk") == nullptr);
  CHECK(ledger.find("b", "night") != nullptr);
}

Ledger busy() {
  Ledger ledger;
  ledger.record(step("b", "desk", PagingPhase::kGivenUp, 8, 0, 7));
  ledger.record(step("a", "night", PagingPhase::kHeldBack, 0, 1));
  ledger.record(step("a", "desk", PagingPhase::kSent, 1, 2));
  return ledger;
}

TEST_CASE("A ledger that is restored is the one that was kept") {
  const auto restored = Ledger::restore(busy().checkpoint());
  REQUIRE(restored.has_value());
  CHECK(*restored == busy());
  CHECK(restored->checkpoint() == busy().checkpoint());
}

TEST_CASE("An empty ledger is restored empty") {
  const auto restored = Ledger::restore(Ledger().checkpoint());
  REQUIRE(restored.has_value());
  CHECK(restored->size() == 0);
}

TEST_CASE("A checkpoint of a ledger with any flipped or missing byte is refused") {
  const std::string bytes = busy().checkpoint();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    REQUIRE(Ledger::restore(damaged).has_error());
    REQUIRE(Ledger::restore(bytes.substr(0, i)).has_error());
  }
}

}  // namespace
}  // namespace commonwatch::alert::test
