// What is held for a publisher that does not read its acknowledgements.
#include "hub/session/publisher.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "tests/session/hub.h"

namespace commonwatch::session {
namespace {

using test::Hub;

struct Agency {
  explicit Agency(Hub& of) : hub(of) {}
  // Runs it to its end.
  template <class T>
  T wait(pipeline::Task<T> task) {
    std::optional<T> result;
    boost::asio::co_spawn(context, std::move(task),
                          [&](const std::exception_ptr& failure, T value) {
                            REQUIRE_FALSE(failure);
                            result = std::move(value);
                          });
    while (!result) context.run_one();
    return *std::move(result);
  }
  Result<void> open(const std::string& source, std::uint64_t acknowledged = 0) {
    wire::OpenSource request;
    request.source = source;
    request.acknowledged = model::Sequence(acknowledged);
    return wait(publisher->open(std::move(request)));
  }
  // Events that say nothing, each of which is refused.
  void publish_empty(const std::string& source, std::uint64_t first, std::size_t count) {
    wire::Publish request;
    request.source = source;
    request.first = model::Sequence(first);
    for (std::size_t i = 0; i < count; ++i) {
      request.events.push_back(wire::decode_event("{}", wire::Encoding::kJson, hub.limits));
    }
    REQUIRE(wait(publisher->publish(std::move(request))));
    while (publisher->has_pending()) context.run_one();
  }

  Hub& hub;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<pipeline::Executor> work{context.get_executor()};
  Outbox outbox{context.get_executor()};
  std::shared_ptr<Publisher> publisher = std::make_shared<Publisher>(
      hub.services, outbox, context.get_executor(), wire::Encoding::kJson,
      std::make_shared<const access::Principal>(hub.core.principal()),
      [](const Error& error) { FAIL(error.message); });
};

TEST_CASE("a publisher that does not read its rejections is full, until it does") {
  Hub hub;
  Agency agency(hub);
  REQUIRE(agency.open("county-ems/cad").has_value());
  REQUIRE(agency.open("county-ems/phone").has_value());
  agency.publish_empty("county-ems/cad", 1, 600);
  CHECK_FALSE(agency.publisher->is_full());
  agency.publish_empty("county-ems/phone", 1, 600);
  CHECK(agency.publisher->is_full());
  const SharedBytes told = agency.publisher->take_acknowledgement();
  REQUIRE(told);
  CHECK(told->find("rejections") != std::string::npos);
  CHECK_FALSE(agency.publisher->is_full());
}

TEST_CASE("a publisher forgets the rejections of a source that somebody else opened") {
  Hub hub;
  Agency agency(hub);
  Agency other(hub);
  REQUIRE(agency.open("county-ems/cad").has_value());
  agency.publish_empty("county-ems/cad", 1, 1000);
  REQUIRE(agency.publisher->is_full());
  REQUIRE(other.open("county-ems/cad").has_value());
  while (agency.publisher->is_full()) agency.context.run_one();
  CHECK(agency.publisher->sources().empty());
}

TEST_CASE("a source that cannot be opened again is held no longer") {
  Hub hub;
  Agency agency(hub);
  REQUIRE(agency.open("county-ems/cad").has_value());
  const auto again = agency.open("county-ems/cad", 5);
  REQUIRE(again.has_error());
  CHECK(again.error().code == ErrorCode::kLogRegressed);
  CHECK(agency.publisher->sources().empty());
  CHECK(hub.core.ingest().held() == 0);
}

}  // namespace
}  // namespace commonwatch::session
