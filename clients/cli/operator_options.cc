#include "clients/cli/operator_options.h"

#include "clients/cli/command_values.h"
#include "clients/cli/decision_text.h"

namespace commonwatch::cli {
namespace {

void add_alerts(CLI::App& app, AlertsOptions& options) {
  auto* command = add_command(app, "alerts", "List alerts, open and over",
                              "  commonwatch alerts --from -30d --json");
  add_time(command, "--from", options.from, "Open at this recorded time or later");
  add_time(command, "--to", options.to, "Opened before this recorded time");
}

void add_alert(CLI::App* command, std::string& alert) {
  command->add_option("ALERT", alert, "Id of the alert, or a part of it that no other has")
      ->required()
      ->type_name("");
}

void add_explain(CLI::App& app, ExplainOptions& options) {
  auto* command = add_command(app, "explain", "Say what an alert rests on, number by number",
                              "  commonwatch explain 3f0c92d1");
  add_alert(command, options.alert);
}

void add_acknowledge(CLI::App& app, AcknowledgeOptions& options) {
  auto* command = add_command(app, "acknowledge", "Answer an alert, for everybody to see",
                              "  commonwatch acknowledge 3f0c92d1 --taken");
  add_alert(command, options.alert);
  const auto add_action = [&](const char* name, v1::AlertAction action, const char* description) {
    command->add_flag_callback(
        name, [&options, action] { options.actions.push_back(action); }, description);
  };
  add_action("--seen", v1::ALERT_ACTION_SEEN, "Somebody has read it");
  add_action("--taken", v1::ALERT_ACTION_TAKEN, "Somebody acts on it");
  add_action("--real", v1::ALERT_ACTION_REAL, "It was an outbreak");
  add_action("--not-real", v1::ALERT_ACTION_NOT_REAL, "It was chance, or an error of the data");
  command
      ->add_option("--alert-version", options.version,
                   "The version that is answered (default: as it stands)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->callback([&options] {
    if (options.actions.size() == 1) return;
    throw CLI::ValidationError("acknowledge", "give one of --seen, --taken, --real, --not-real");
  });
}

void add_decide(CLI::App& app, DecideOptions& options) {
  auto* command = add_command(
      app, "decide", "Decide whether records are one incident, or what stands at a place",
      "  commonwatch decide split county-ems/cad/2016-17 police/rms/4711\n"
      "  commonwatch decide facility 40.1409,-75.4046 --name \"County jail\"\n"
      "A record is PARTNER/SOURCE/RECORD-ID. A place is LATITUDE,LONGITUDE (behind -- where it\n"
      "begins with a minus) or the token of an S2 cell of level 20, as in a proposal's id.");
  command
      ->add_option("VERB", options.verb,
                   "link, split, by-rules: two records; facility, placeholder, ordinary: a place")
      ->required()
      ->check(CLI::IsMember(decision_verbs()))
      ->type_name("");
  command->add_option("SUBJECT", options.subjects, "Two records, or one place")
      ->required()
      ->type_name("");
  command->add_option("--name", options.name, "Of a facility")->type_name("NAME");
  command->callback([&options] {
    if (const auto fault = usage_fault(options); !fault.empty()) {
      throw CLI::ValidationError("decide", fault);
    }
  });
}

}  // namespace

void add_operator_commands(CLI::App& app, AlertsOptions& alerts, ExplainOptions& explain,
                           AcknowledgeOptions& acknowledge, DecideOptions& decide) {
  add_alerts(app, alerts);
  add_explain(app, explain);
  add_acknowledge(app, acknowledge);
  add_decide(app, decide);
}

}  // namespace commonwatch::cli
