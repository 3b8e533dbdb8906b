// HTTP beside the stream: what each path answers. Knows no socket.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "hub/pipeline/async.h"
#include "hub/session/arrival.h"
#include "hub/session/services.h"

namespace commonwatch::server {

using pipeline::Task;
using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

struct EventBody;
struct RequestAudit;
struct Target;

class Routes {
 public:
  explicit Routes(session::Services& services) : services_(services) {}

  // Never fails: an error is an answer. `peer`: address and port of the other side.
  Task<Response> answer(pipeline::Executor executor, const Request& request,
                        const session::Arrival& arrival, const std::string& peer);

 private:
  // Each says what it read or took in `audit.object`.
  Task<Response> post_events(pipeline::Executor executor, const Request& request,
                             const access::Principal& principal, RequestAudit& audit);
  Task<Result<wire::Published>> publish(pipeline::Executor executor,
                                        const access::Principal& principal, EventBody body);
  // A device becomes a source, by a code and nothing else.
  Task<Response> post_enrol(pipeline::Executor executor, const Request& request,
                            const session::Arrival& arrival, RequestAudit& audit);
  Response post_enrolment_code(const Request& request, const access::Principal& principal,
                               RequestAudit& audit);
  Task<Response> answer_known(pipeline::Executor executor, const Request& request,
                              const Target& target, const access::Principal& principal,
                              RequestAudit& audit);
  Response get_source(const Request& request, const access::Principal& principal,
                      RequestAudit& audit) const;
  Response get_hotspots(const Request& request, const access::Principal& principal,
                        RequestAudit& audit) const;
  Response get_alerts(const Request& request, const access::Principal& principal,
                      RequestAudit& audit) const;
  // What the principal is shown, or why it is shown nothing now.
  Result<const pipeline::Channel*> find_channel(const access::Principal& principal) const;
  Response get_ready(const Request& request) const;

  session::Services& services_;
};

// The token of `Authorization: Bearer`, or nothing.
std::string bearer_token(const Request& request);

}  // namespace commonwatch::server
