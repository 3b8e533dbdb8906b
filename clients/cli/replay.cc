#include "clients/cli/alert_text.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_text.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/figure_text.h"
#include "clients/cli/interval_text.h"
#include "clients/cli/json_text.h"
#include "clients/cli/signals.h"
#include "clients/cli/text_values.h"
#include "clients/cli/watch_table.h"
#include "clients/cpp/replayer.h"

namespace commonwatch::cli {
namespace {

v1::EventKind kind_of(const std::string& name) {
  if (name == "area_count") return v1::EVENT_KIND_AREA_COUNT;
  if (name == "retraction") return v1::EVENT_KIND_RETRACTION;
  return v1::EVENT_KIND_OVERDOSE;
}

v1::Replay make_request(const ReplayCommandOptions& options) {
  v1::Replay request;
  request.set_mode(options.hotspots ? v1::REPLAY_MODE_HOTSPOTS : v1::REPLAY_MODE_EVENTS);
  if (options.from) {
    *(options.by_occurred ? request.mutable_from_occurred() : request.mutable_from_recorded()) =
        to_timestamp(*options.from);
  }
  if (options.to) {
    *(options.by_occurred ? request.mutable_to_occurred() : request.mutable_to_recorded()) =
        to_timestamp(*options.to);
  }
  if (!options.cursor.empty()) request.set_from_cursor(options.cursor);
  auto& filter = *request.mutable_filter();
  for (const auto& partner : options.partners) filter.add_partners(partner);
  for (const auto& source : options.sources) {
    require_source_name(source);
    filter.add_sources(source);
  }
  for (const auto& kind : options.kinds) filter.add_kinds(kind_of(kind));
  *filter.mutable_area() = make_area(options.area);
  request.set_knowledge(options.knowledge_now ? v1::KNOWLEDGE_NOW : v1::KNOWLEDGE_THEN);
  request.set_speed(options.speed);
  request.set_follow(options.follow);
  return request;
}

std::string alert_line(const v1::Alert& alert) {
  return "alert    " + alert.id() + " " + alert_state_text(alert) + ", " +
         std::to_string(alert.hotspot().count()) + " in " +
         std::to_string(alert.hotspot().window_hours()) + " h, once in " +
         interval_text(alert.hotspot().interval_days()) + ", " + zone_text(alert.hotspot());
}

// What a person reads of one message.
void show_message(const v1::ServerMessage& message, Terminal& terminal) {
  for (const auto& replayed : message.replay_page().events()) {
    terminal.line(event_row(replayed));
  }
  const auto row = [&terminal](const google::protobuf::Timestamp& as_of, const std::string& text) {
    terminal.line(second_text(as_of) + "  " + text);
  };
  for (const auto& hotspot : message.tile().hotspots()) {
    row(message.tile().as_of(), hotspot_row(hotspot));
  }
  for (const auto& hotspot : message.delta().changed()) {
    row(message.delta().as_of(), hotspot_row(hotspot));
  }
  for (const auto& count : message.tile().published_counts()) {
    row(message.tile().as_of(), figure_row(count, nullptr));
  }
  for (const auto& count : message.delta().published_counts()) {
    row(message.delta().as_of(), figure_row(count, nullptr));
  }
  for (const auto& alert : message.tile().alerts()) row(message.tile().as_of(), alert_line(alert));
  for (const auto& alert : message.delta().alerts()) {
    row(message.delta().as_of(), alert_line(alert));
  }
  for (const auto& id : message.delta().removed()) {
    row(message.delta().as_of(), "over     " + id);
  }
}

// How what came differs from what was stored or shown, for a person.
void say_marks(const v1::ReplayEnd& end, Terminal& terminal) {
  if (end.altered()) {
    terminal.say("altered: something was erased since, and is missing from what was replayed");
  }
  if (end.reduced()) {
    terminal.say("reduced: retention has taken details, or whole events, of what was replayed");
  }
  if (end.recomputed()) {
    terminal.say("recomputed: by other settings or another engine than were in use then");
  }
}

}  // namespace

int replay(const GlobalOptions& global, const ReplayCommandOptions& options, Terminal& terminal) {
  client::ReplayerOptions made;
  made.connect = make_connect_options(global);
  made.request = make_request(options);
  std::string cursor;
  client::ReplayerListener listener;
  listener.on_link = terminal.link_listener();
  listener.on_message = [&](const client::ReceivedMessage& received) {
    if (terminal.json()) {
      terminal.line(json_line(received.message));
    } else {
      show_message(received.message, terminal);
    }
    if (received.message.has_replay_page()) cursor = received.message.replay_page().cursor();
  };
  client::Replayer replayer(made, listener);
  const StopOnSignal stop([&replayer] { replayer.stop(); });
  if (!terminal.json() && terminal.stdout_is_terminal()) {
    terminal.line(options.hotspots ? "AS OF                 " + hotspot_head() : event_head());
  }
  const auto summary = replayer.run();
  if (!summary) {
    const bool stopped = summary.error().kind == client::FaultKind::kStopped;
    if (!stopped) terminal.complain(summary.error().message);
    if (!cursor.empty()) terminal.say("--cursor " + cursor + " goes on behind the last page");
    return stopped ? kDone : exit_code_of(summary.error());
  }
  say_marks(summary->end, terminal);
  terminal.say(std::to_string(summary->received) + (options.hotspots ? " deltas" : " events") +
               ", " + (summary->verified ? "count and checksum verified" : "not verified") +
               (summary->breaks > 0
                    ? ", taken up again " + std::to_string(summary->breaks) + " times"
                    : ""));
  return kDone;
}

}  // namespace commonwatch::cli
