// POST /v1/events: the publishing conversation in one request.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <memory>
#include <utility>

#include "hub/server/request_audit.h"
#include "hub/server/respond.h"
#include "hub/server/routes.h"
#include "hub/wire/server_message.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

// Events in JSON that take half a millisecond: behind them others on this thread have their turn.
constexpr std::size_t kLinesInTurn = 15;

// The first line, off the body.
std::string_view take_line(std::string_view& body) {
  std::string_view line = body.substr(0, body.find('\n'));
  body.remove_prefix(std::min(line.size() + 1, body.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

Result<void> no_events() {
  return make_error(ErrorCode::kInvalidRequest, "the body holds no events; send at least one");
}

std::size_t count_lines(std::string_view body) {
  std::size_t count = 0;
  while (!body.empty()) count += is_blank(take_line(body)) ? 0 : 1;
  return count;
}

Result<void> check_lines(std::string_view body, const Limits& limits) {
  const std::size_t count = count_lines(body);
  if (count == 0) return no_events();
  if (count <= limits.http_events_max) return {};
  return make_error(ErrorCode::kBatchTooLarge,
                    "a request holds " + std::to_string(limits.http_events_max) +
                        " events at most; nothing was taken: send the lines in several");
}

}  // namespace

// A line takes a hundred times its bytes once it is decoded: no more of them are at a time than are
// submitted at once.
struct EventBody {
  wire::Publish publish;   // what is decoded
  std::string_view lines;  // of NDJSON: what is not
};

namespace {

Task<Result<EventBody>> read_body(pipeline::Executor executor, const Request& request,
                                  const Limits& limits) {
  const auto field = request[http::field::content_type];
  const std::string_view type =
      std::string_view(field.data(), field.size()).substr(0, field.find(';'));
  if (type == "application/x-ndjson") {
    if (const auto checked = check_lines(request.body(), limits); !checked) {
      co_return checked.error();
    }
    co_return EventBody{{}, request.body()};
  }
  const bool json = type == "application/json";
  if (!json && type != "application/x-protobuf") {
    co_return make_error(ErrorCode::kUnsupported,
                         "send application/x-ndjson (an event a line), application/json or "
                         "application/x-protobuf (a Publish message)",
                         "Content-Type");
  }
  wire::BodyDecoding decoding(request.body(),
                              json ? wire::Encoding::kJson : wire::Encoding::kBinary, limits);
  while (!decoding.step()) co_await boost::asio::post(executor, pipeline::kAwait);
  auto publish = decoding.take();
  if (!publish) co_return publish.error();
  if (publish->events.empty()) co_return no_events().error();
  co_return EventBody{*std::move(publish), {}};
}

// None: there are no more.
Task<std::vector<wire::DecodedEvent>> take_batch(pipeline::Executor executor, EventBody& body,
                                                 const Limits& limits) {
  std::vector<wire::DecodedEvent> events = std::exchange(body.publish.events, {});
  while (!body.lines.empty() && events.size() < limits.batch_events_max) {
    const std::string_view line = take_line(body.lines);
    if (is_blank(line)) continue;
    events.push_back(wire::decode_event(line, wire::Encoding::kJson, limits));
    if (events.size() % kLinesInTurn == 0) {
      co_await boost::asio::post(executor, pipeline::kAwait);
    }
  }
  co_return events;
}

// `source` and `first_sequence` of the query stand above those of the body.
Result<void> read_query(const Request& request, wire::Publish& publish) {
  auto query = parse_target({request.target().data(), request.target().size()})->query;
  if (query.count("source") != 0) publish.source = query["source"];
  if (query.count("first_sequence") == 0) return {};
  const std::string& text = query["first_sequence"];
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number == 0) {
    return make_error(ErrorCode::kInvalidRequest, "first_sequence is a number from 1",
                      "first_sequence");
  }
  publish.first = model::Sequence(number);
  return {};
}

// As far as it can be told before the body is read, which takes longest: at all, and from the
// source that the query names.
Result<void> may_publish(const Request& request, const access::Principal& principal,
                         RequestAudit& audit) {
  const auto query = parse_target({request.target().data(), request.target().size()})->query;
  const auto named = query.find("source");
  if (named == query.end()) {
    return principal.may(access::Operation::kPublish, {nullptr, {}, "source"});
  }
  audit.object.name = named->second;
  const auto source = model::SourceName::parse(named->second);
  return principal.may(access::Operation::kPublish, {source ? &*source : nullptr, {}, "source"});
}

struct Held {  // lets go of the source, whatever happens
  pipeline::Ingest& ingest;
  storage::SourceHandle handle;
  ~Held() { ingest.close(handle); }
};

}  // namespace

Task<Result<wire::Published>> Routes::publish(pipeline::Executor executor,
                                              const access::Principal& principal, EventBody body) {
  using Opened = Result<storage::SourceOpened>;
  using Outcome = Result<storage::Published>;
  auto opened = co_await pipeline::await_callback<Opened>(executor, [&](auto done) {
    services_.ingest.open(principal, body.publish.source, model::Sequence(0), {}, std::move(done),
                          /*only_if_free=*/true);
  });
  if (!opened) co_return opened.error();
  const Held held{services_.ingest, opened->handle};
  model::Sequence first = body.publish.first;
  if (first == model::Sequence(0)) first = opened->last.next();
  wire::Published total;
  total.source = held.handle.source;
  for (;;) {
    auto events = co_await take_batch(executor, body, *services_.limits);
    if (events.empty()) break;
    const std::size_t count = events.size();
    auto outcome = co_await pipeline::await_callback<Outcome>(executor, [&](auto done) {
      auto shared = std::make_shared<decltype(done)>(std::move(done));
      services_.ingest.publish(
          principal, held.handle, first, std::move(events),
          [shared](Result<void> ordered) {
            if (!ordered) (*shared)(Outcome(ordered.error()));
          },
          [shared](Outcome published) { (*shared)(std::move(published)); });
    });
    if (!outcome) co_return outcome.error();
    pipeline::merge(total, std::move(*outcome));
    first = first.plus(count);
  }
  total.credit = services_.ingest.credit(total.last, total.last);
  co_return total;
}

Task<Response> Routes::post_events(pipeline::Executor executor, const Request& request,
                                   const access::Principal& principal, RequestAudit& audit) {
  if (const auto allowed = may_publish(request, principal, audit); !allowed) {
    co_return respond_error(request, allowed.error());
  }
  auto body = co_await read_body(executor, request, *services_.limits);
  if (!body) co_return respond_error(request, body.error());
  if (const auto query = read_query(request, body->publish); !query) {
    co_return respond_error(request, query.error());
  }
  const std::string source = body->publish.source;
  audit.object.name = source;
  const auto published = co_await publish(executor, principal, *std::move(body));
  if (!published) {
    const auto last = services_.ingest.position(principal, source);
    const bool gap = published.error().code == ErrorCode::kSequenceGap && last;
    co_return respond_error(request, published.error(), gap ? last->next() : model::Sequence());
  }
  audit.object.count = published->stored + published->rejections.size();
  const auto accept = request[http::field::accept];
  const bool protobuf = accept.find("application/x-protobuf") != accept.npos;
  co_return respond(request, http::status::ok,
                    protobuf ? "application/x-protobuf" : "application/json",
                    wire::encode_http(*published, protobuf ? wire::Encoding::kBinary
                                                           : wire::Encoding::kJson));
}

}  // namespace commonwatch::server
