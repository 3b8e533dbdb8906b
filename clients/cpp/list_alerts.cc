#include "clients/cpp/list_alerts.h"

#include <google/protobuf/util/json_util.h>

#include "clients/cpp/http_get.h"

namespace commonwatch::client {
namespace {

// What GET /v1/alerts answers is a TileState's lists beside a Progress's position and time.
bool read_json(const std::string& text, google::protobuf::Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(text, &message, options).ok();
}

}  // namespace

Result<AlertList> list_alerts(const ConnectOptions& options, const std::optional<std::string>& from,
                              const std::optional<std::string>& to) {
  std::string target = "/v1/alerts";
  if (from) target += "?from=" + *from;
  if (to) target += (from ? "&to=" : "?to=") + *to;
  auto answer = http_get(options, target);
  if (!answer) return answer.error();
  if (answer->status != 200) return fault_of_answer(*answer);
  v1::TileState lists;
  v1::Progress header;
  if (!read_json(answer->body, lists) || !read_json(answer->body, header)) {
    return make_fault(FaultKind::kFailed, options.endpoint.url() +
                                              " answers /v1/alerts with something else than a "
                                              "list; is this a Commonwatch hub?");
  }
  return AlertList{header.position(),
                   header.as_of(),
                   {lists.alerts().begin(), lists.alerts().end()}};
}

}  // namespace commonwatch::client
