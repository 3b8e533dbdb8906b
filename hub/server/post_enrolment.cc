// POST /v1/enrolment-codes: a one-time code, for a person to hand on. POST /v1/enrol: the device
// that has it becomes a source of its partner.
#include <utility>

#include "hub/server/request_audit.h"
#include "hub/server/respond.h"
#include "hub/server/routes.h"
#include "hub/telemetry/log.h"
#include "hub/wire/enrolment.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

constexpr const char* kDefaultGroup = "phone";
constexpr const char* kJson = "application/json";

}  // namespace

Response Routes::post_enrolment_code(const Request& request, const access::Principal& principal,
                                     RequestAudit& audit) {
  // To anybody at all, before the body is read.
  if (const auto allowed = principal.may(access::Operation::kEnrol, {nullptr, {}, "partner"});
      !allowed) {
    return respond_error(request, allowed.error());
  }
  const auto asked = wire::read_enrolment_code_request(request.body());
  if (!asked) return respond_error(request, asked.error());
  const access::Enrolment enrolment{asked->partner.empty() ? principal.partner : asked->partner,
                                    asked->group.empty() ? kDefaultGroup : asked->group,
                                    principal.name};
  const auto sample =
      model::SourceName::parse(enrolment.partner + "/" + enrolment.group + "-device");
  if (!sample || !services_.identity.directory.find_account(enrolment.partner)) {
    return respond_error(request,
                         make_error(ErrorCode::kInvalidRequest,
                                    "a device is enrolled for a configured partner, in a group of "
                                    "a-z 0-9 - _ . ; name both",
                                    "partner"));
  }
  if (const auto allowed = principal.may(access::Operation::kEnrol, {&*sample, {}, "partner"});
      !allowed) {
    return respond_error(request, allowed.error());
  }
  audit.object.name = enrolment.partner + "/" + enrolment.group;
  const auto code = services_.identity.enrolments.create(enrolment, services_.clock.wall());
  if (!code) return respond_error(request, code.error());
  return respond(request, http::status::created, kJson,
                 wire::encode_enrolment_code(code->text, enrolment.group, code->expires));
}

Task<Response> Routes::post_enrol(pipeline::Executor executor, const Request& request,
                                  const session::Arrival& arrival, RequestAudit& audit) {
  if (request.method() != http::verb::post) co_return respond_method(request, "POST");
  access::Identity& identity = services_.identity;
  const Duration boot = services_.clock.boot();
  if (const auto within = identity.admission.take_enrolment(arrival.address, boot); !within) {
    co_return respond_error(request, within.error());
  }
  if (const auto room = audit.trail.check_room(); !room) {
    co_return respond_error(request, room.error());
  }
  const auto code = wire::read_enrol_request(request.body());
  if (!code) co_return respond_error(request, code.error());
  const Instant now = services_.clock.wall();
  const auto enrolment = identity.enrolments.redeem(*code, now);
  if (!enrolment) {
    if (const auto line =
            identity.refusals.note(arrival.address, enrolment.error().message, boot)) {
      telemetry::log_warning("server", *line);
    }
    audit.refused(enrolment.error());
    co_return respond_error(request, enrolment.error());
  }
  const model::SourceName device = access::make_device_name(*enrolment);
  const access::TokenRequest wanted{enrolment->partner, device,
                                    now + std::chrono::days(services_.limits->device_token_days),
                                    enrolment->created_by, "enrolled"};
  // The store writes to disk. Named: see hub/session/replayer.cc.
  auto create = [&identity, &wanted, now] { return identity.tokens.create(wanted, now); };
  const auto made = co_await pipeline::run_on_pool<Result<access::NewToken>>(
      services_.file_pool, executor, std::move(create));
  if (!made) co_return respond_error(request, made.error());
  telemetry::log_info("server", "enrolled " + device.text() + " by a code of " +
                                    enrolment->created_by + ", token " + made->stored.id);
  audit.enrolled(device.text(), enrolment->created_by);
  co_return respond(request, http::status::created, kJson,
                    wire::encode_enrolled(made->token, device.text(), made->stored.expires));
}

}  // namespace commonwatch::server
