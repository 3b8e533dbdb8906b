#include "tests/pipeline/core.h"

namespace commonwatch::tests {

TEST_CASE("Ingest refuses a source whose name is not partner/source") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const auto result = core.publish("County EMS", {overdose("a", std::chrono::hours(1))});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::kSourceInvalid);
  CHECK(result.error().field == "source");
}

TEST_CASE("Ingest refuses a source of a partner that the principal is not") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const access::Principal police{
      "police",
      "all",
      "police",
      {{access::Operation::kPublish, {access::SourcePattern::of_partner("police")}, {}, {}}},
      ""};
  std::promise<Result<storage::SourceOpened>> opened;
  core.ingest().open(police, "county-ems/cad", model::Sequence(0), {},
                     [&](Result<storage::SourceOpened> result) {
                       opened.set_value(std::move(result));
                     });
  const auto result = opened.get_future().get();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::kForbidden);
}

TEST_CASE("Ingest refuses persons of a partner under Part 2, and takes its counts") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  access::Principal clinic = core.principal();
  clinic.partner = "free-clinic";
  clinic.part2 = true;
  core.set_principal(clinic);
  const std::string count =
      R"({"recordId":"day","occurredAt":")" + to_rfc3339(kStart + std::chrono::hours(1)) +
      R"(","location":{"areaCode":"42091"},"areaCount":{"incidents":4,"spanStart":")" + to_rfc3339(kStart - std::chrono::hours(23)) + R"("}})";
  const auto result = core.publish(
      "free-clinic/emr", {overdose("a", std::chrono::hours(1)), count,
                          retraction("b", std::chrono::hours(1), 2)});
  REQUIRE(result.has_value());
  CHECK(result->stored == 2);
  REQUIRE(result->rejections.size() == 1);
  CHECK(result->rejections[0].sequence == model::Sequence(1));
  CHECK(result->rejections[0].error.code == ErrorCode::kForbidden);
}

TEST_CASE("Ingest consumes a bad event with its field and stores the others") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const auto result = core.publish("county-ems/cad", {overdose("a", std::chrono::hours(1)),
                                                      overdose("b", std::chrono::hours(1), 133.2),
                                                      overdose("c", std::chrono::hours(1))});
  REQUIRE(result.has_value());
  CHECK(result->last == model::Sequence(3));
  CHECK(result->stored == 2);
  REQUIRE(result->rejections.size() == 1);
  CHECK(result->rejections[0].sequence == model::Sequence(2));
  CHECK(result->rejections[0].error.code == ErrorCode::kOutOfRange);
  CHECK(result->rejections[0].error.field == "location.latitude");
}

TEST_CASE("Ingest tells the older holder of a source that it was fenced") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  std::promise<void> fenced;
  std::promise<Result<storage::SourceOpened>> opened;
  core.ingest().open(core.principal(), "county-ems/cad", model::Sequence(0),
                     [&] { fenced.set_value(); },
                     [&](Result<storage::SourceOpened> result) {
                       opened.set_value(std::move(result));
                     });
  REQUIRE(opened.get_future().get().has_value());
  REQUIRE(core.publish("county-ems/cad", {overdose("a", std::chrono::hours(1))}).has_value());
  fenced.get_future().wait();
}

TEST_CASE("Ingest never lowers the credit that a client was told") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  const model::Sequence told(1'000'000);
  CHECK(core.ingest().credit(model::Sequence(5), told) == told);
  CHECK(core.ingest().credit(model::Sequence(5), model::Sequence(0)) ==
        model::Sequence(5).plus(core.limits().credit_events));
}

}  // namespace commonwatch::tests
