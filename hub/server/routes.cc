#include "hub/server/routes.h"

#include <cstdlib>
#include <utility>

#include "hub/server/gate.h"
#include "hub/server/handshake.h"
#include "hub/server/request_audit.h"
#include "hub/server/respond.h"
#include "hub/session/authentication.h"
#include "hub/wire/server_message.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

constexpr std::string_view kSourcesPath = "/v1/sources/";
constexpr std::string_view kStreamPath = "/v1/stream";

bool is_read(const Request& request) {
  return request.method() == http::verb::get || request.method() == http::verb::head;
}

// Kind and action in the audit log.
std::pair<model::AuditKind, const char*> audited_as(const std::string& path) {
  if (path == "/v1/events") return {model::AuditKind::kPublishing, "post"};
  if (path == "/v1/enrolment-codes") return {model::AuditKind::kEnrolment, "code"};
  return {model::AuditKind::kRead, "get"};
}

// The name under which a path is counted: a fixed few, whatever is asked for.
std::string_view route_name(const std::string& path) {
  for (const std::string_view known :
       {"/v1/events", "/v1/hotspots", "/v1/alerts", "/v1/enrol", "/v1/enrolment-codes", "/healthz",
        "/readyz", "/metrics", "/v1/stream"}) {
    if (path == known) return known;
  }
  return path.rfind(kSourcesPath, 0) == 0 ? kSourcesPath : "other";
}

std::optional<model::BoundingBox> parse_bbox(const std::string& text) {
  double numbers[4] = {};
  const char* at = text.c_str();
  for (int i = 0; i < 4; ++i) {
    char* end = nullptr;
    numbers[i] = std::strtod(at, &end);
    if (end == at || *end != (i < 3 ? ',' : '\0')) return std::nullopt;
    at = end + 1;
  }
  return model::BoundingBox{numbers[1], numbers[0], numbers[3], numbers[2]};
}

}  // namespace

std::string bearer_token(const Request& request) {
  const auto value = request[http::field::authorization];
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view text(value.data(), value.size());
  return text.substr(0, kScheme.size()) == kScheme ? std::string(text.substr(kScheme.size()))
                                                   : std::string();
}

Response Routes::get_ready(const Request& request) const {
  if (services_.is_ready()) return respond(request, http::status::ok, "text/plain", "ready\n");
  return respond(request, http::status::service_unavailable, "text/plain",
                 "not ready: the hub reads its log, drains, or its log failed\n");
}

Response Routes::get_source(const Request& request, const access::Principal& principal,
                            RequestAudit& audit) const {
  const auto target = parse_target({request.target().data(), request.target().size()});
  const std::string source = target->path.substr(kSourcesPath.size());
  audit.object.name = source;
  const auto last = services_.ingest.position(principal, source);
  if (!last) return respond_error(request, last.error());
  const wire::SourceOpened body{*model::SourceName::parse(source), *last,
                                services_.ingest.credit(*last, *last)};
  return respond(request, http::status::ok, "application/json",
                 wire::encode_http(body, wire::Encoding::kJson));
}

Result<const pipeline::Channel*> Routes::find_channel(const access::Principal& principal) const {
  if (auto allowed = principal.may(access::Operation::kSubscribe); !allowed) {
    return allowed.error();
  }
  const auto channel = services_.channels.find(principal.audience);
  if (!channel) return channel.error();
  const auto view = (*channel)->epoch.get()->view;
  if (auto allowed = pipeline::check_purpose(*view, principal); !allowed) return allowed.error();
  if (!services_.is_ready()) {
    return make_error(ErrorCode::kRecovering, "the hub is not ready; ask again in a moment");
  }
  return *channel;
}

Response Routes::get_alerts(const Request& request, const access::Principal& principal,
                            RequestAudit& audit) const {
  audit.object.name = "alerts";
  const auto channel = find_channel(principal);
  if (!channel) return respond_error(request, channel.error());
  const auto target = parse_target({request.target().data(), request.target().size()});
  std::optional<Instant> bounds[2];
  for (const auto& [name, value] : target->query) {
    if (name != "from" && name != "to") continue;
    auto& bound = bounds[name == "to" ? 1 : 0];
    bound = parse_rfc3339(value);
    if (!bound) {
      return respond_error(request,
                           make_error(ErrorCode::kInvalidRequest,
                                      name + " is a time such as 2016-03-11T09:00:00Z", name));
    }
  }
  const model::Position now = (*channel)->feed.position();
  const Instant as_of = services_.replay_sources.tick.instant_of(now.version);
  const auto found = (*channel)->alerts.find(bounds[0], bounds[1]);
  audit.object.from = bounds[0];
  audit.object.to = bounds[1];
  audit.object.count = found.size();
  return respond(request, http::status::ok, "application/json",
                 wire::encode_alerts_json({now, as_of}, found));
}

Response Routes::get_hotspots(const Request& request, const access::Principal& principal,
                              RequestAudit& audit) const {
  audit.object.name = "hotspots";
  const auto channel = find_channel(principal);
  if (!channel) return respond_error(request, channel.error());
  auto target = *parse_target({request.target().data(), request.target().size()});
  model::AreaRequest area_request;
  if (target.query.count("bbox") != 0) {
    const auto box = parse_bbox(target.query["bbox"]);
    if (!box) {
      return respond_error(request, make_error(ErrorCode::kAreaInvalid,
                                               "bbox is west,south,east,north in degrees", "bbox"));
    }
    area_request.bounding_box.push_back(*box);
  }
  audit.object.cells = audit.trail.cells_of(area_request);
  const auto area = model::Area::make(area_request, *services_.limits);
  if (!area) return respond_error(request, area.error());
  auto [delivery, content] = (*channel)->feed.content();
  const auto is_outside = [&](const auto& item) { return !area->contains(item.center); };
  std::erase_if(content.hotspots, is_outside);
  std::erase_if(content.places, is_outside);
  std::erase_if(content.proposals, is_outside);
  const auto is_elsewhere = [&](const auto& item) {
    return !area->is_everywhere() && !area->may_intersect(item.cell);
  };
  std::erase_if(content.published_counts, is_elsewhere);
  std::erase_if(content.published_alerts, is_elsewhere);
  audit.object.count = content.hotspots.size() + content.places.size() + content.published_counts.size();
  const wire::Progress progress{delivery.position, delivery.as_of};
  const auto accept = request[http::field::accept];
  const bool geojson =
      target.query["format"] == "geojson" || accept.find("application/geo+json") != accept.npos;
  return geojson ? respond(request, http::status::ok, "application/geo+json",
                           wire::encode_hotspots_geojson(progress, content))
                 : respond(request, http::status::ok, "application/json",
                           wire::encode_hotspots_json(progress, content));
}

Task<Response> Routes::answer(pipeline::Executor executor, const Request& request,
                              const session::Arrival& arrival, const std::string& peer) {
  const auto target = parse_target({request.target().data(), request.target().size()});
  if (!target) {
    co_return respond_error(
        request, make_error(ErrorCode::kInvalidRequest, "the request's target is not a path"));
  }
  const std::string& path = target->path;
  const auto count = [&](Response response) {
    services_.metrics.count_http(route_name(path), response.result_int());
    return response;
  };
  if (const auto passed = check_request(services_, arrival, request, *target); !passed) {
    co_return count(respond_error(request, passed.error()));
  }
  const bool open_path = path == "/healthz" || path == "/readyz" || path == "/metrics";
  if (open_path && !is_read(request)) co_return count(respond_method(request, "GET, HEAD"));
  if (open_path || path == "/v1/enrol" || path == kStreamPath) {
    if (const auto passed = check_address(services_, arrival); !passed) {
      co_return count(respond_error(request, passed.error()));
    }
  }
  if (path == kStreamPath) co_return count(respond_no_upgrade(request));
  if (path == "/healthz") {
    co_return count(respond(request, http::status::ok, "text/plain", "alive\n"));
  }
  if (path == "/readyz") co_return count(get_ready(request));
  if (path == "/metrics" && (services_.identity.directory.is_open() || arrival.is_local)) {
    services_.metrics.inbound_bytes.Set(static_cast<double>(services_.inbound.bytes()));
    co_return count(respond(request, http::status::ok, "text/plain; version=0.0.4; charset=utf-8",
                            services_.metrics.scrape()));
  }
  RequestAudit audit{services_.audit, peer, {}};
  if (path == "/v1/enrol") {
    co_return count(co_await post_enrol(executor, request, arrival, audit));
  }
  auto standing =
      session::authenticate(services_, arrival.address,
                            access::choose_credential(bearer_token(request), arrival.certificate));
  if (!standing) {
    audit.refused(standing.error());
    co_return count(respond_error(request, standing.error()));
  }
  access::Principal& principal = standing->principal;
  const auto purpose = request["Commonwatch-Purpose"];
  if (!purpose.empty()) principal.purpose.assign(purpose.data(), purpose.size());
  if (!purpose.empty() && !access::is_code(principal.purpose)) {
    co_return count(respond_error(
        request, make_error(ErrorCode::kInvalidRequest, "a purpose is 1 to 64 of a-z 0-9 - _ .",
                            "Commonwatch-Purpose")));
  }
  if (const auto passed = check_principal(services_, principal); !passed) {
    co_return count(respond_error(request, passed.error()));
  }
  Response response = co_await answer_known(executor, request, *target, principal, audit);
  const auto [kind, action] = audited_as(path);
  audit.answered(principal, response, kind, action);
  co_return count(std::move(response));
}

Task<Response> Routes::answer_known(pipeline::Executor executor, const Request& request,
                                    const Target& target, const access::Principal& principal,
                                    RequestAudit& audit) {
  const std::string& path = target.path;
  if (path == "/v1/events") {
    if (request.method() != http::verb::post) co_return respond_method(request, "POST");
    co_return co_await post_events(executor, request, principal, audit);
  }
  if (path == "/v1/enrolment-codes") {
    if (request.method() != http::verb::post) co_return respond_method(request, "POST");
    co_return post_enrolment_code(request, principal, audit);
  }
  const bool source = path.rfind(kSourcesPath, 0) == 0;
  if (!source && path != "/v1/hotspots" && path != "/v1/alerts") {
    co_return respond_not_found(request, path);
  }
  if (!is_read(request)) co_return respond_method(request, "GET, HEAD");
  if (source) co_return get_source(request, principal, audit);
  co_return path == "/v1/alerts" ? get_alerts(request, principal, audit)
                                 : get_hotspots(request, principal, audit);
}

}  // namespace commonwatch::server
