// The commands `alerts`, `explain`, `acknowledge` and `decide`.
#include "clients/cli/alert_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/decision_text.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/explain_text.h"
#include "clients/cli/json_text.h"
#include "clients/cli/text_values.h"
#include "clients/cpp/list_alerts.h"
#include "clients/cpp/operate.h"
#include "hub/base/time.h"

namespace commonwatch::cli {
namespace {

std::optional<std::string> time_argument(const std::optional<Instant>& time) {
  if (!time) return std::nullopt;
  return to_rfc3339(*time);
}

// The one alert whose id is `id` or holds it. Throws InputError where there is none or several.
v1::Alert find_alert(const client::ConnectOptions& connect, const std::string& id) {
  const auto list = client::list_alerts(connect, std::nullopt, std::nullopt).value();
  const v1::Alert* found = nullptr;
  for (const auto& alert : list.alerts) {
    if (alert.id() == id) return alert;
    if (alert.id().find(id) == std::string::npos) continue;
    if (found != nullptr) {
      throw InputError("more than one alert has \"" + id + "\" in its id; give more of it");
    }
    found = &alert;
  }
  if (found == nullptr) {
    throw InputError("the hub shows no alert \"" + id + "\"; `commonwatch alerts` lists them");
  }
  return *found;
}

int record(const client::ConnectOptions& connect, const v1::ClientMessage& request,
           const std::string& what, Terminal& terminal) {
  const auto recorded = client::operate(connect, request).value();
  if (terminal.json()) {
    terminal.line(json_line(recorded));
  } else {
    terminal.line(what + ", recorded at " + time_text(recorded.recorded_at()));
  }
  return kDone;
}

}  // namespace

int alerts(const GlobalOptions& global, const AlertsOptions& options, Terminal& terminal) {
  const auto list = client::list_alerts(make_connect_options(global), time_argument(options.from),
                                        time_argument(options.to))
                        .value();
  if (!terminal.json() && !list.alerts.empty() && terminal.stdout_is_terminal()) {
    terminal.line(alert_head());
  }
  for (const auto& alert : list.alerts) {
    terminal.line(terminal.json() ? json_line(alert) : alert_row(alert));
  }
  terminal.say(std::to_string(list.alerts.size()) + " alerts as of " + time_text(list.as_of));
  return kDone;
}

int explain(const GlobalOptions& global, const ExplainOptions& options, Terminal& terminal) {
  const auto alert = find_alert(make_connect_options(global), options.alert);
  if (terminal.json()) {
    terminal.line(json_line(alert));
  } else {
    terminal.data(explain_text(alert));
  }
  return kDone;
}

int acknowledge(const GlobalOptions& global, const AcknowledgeOptions& options,
                Terminal& terminal) {
  const auto connect = make_connect_options(global);
  const auto alert = find_alert(connect, options.alert);
  v1::ClientMessage request;
  auto& answer = *request.mutable_acknowledge_alert();
  answer.set_alert_id(alert.id());
  answer.set_alert_version(options.version > 0 ? options.version : alert.version());
  answer.set_action(options.actions.at(0));
  return record(connect, request, "alert " + alert.id() + " answered", terminal);
}

int decide(const GlobalOptions& global, const DecideOptions& options, Terminal& terminal) {
  v1::ClientMessage request;
  *request.mutable_decide() = make_decision(options);
  return record(make_connect_options(global), request, "decided", terminal);
}

}  // namespace commonwatch::cli
