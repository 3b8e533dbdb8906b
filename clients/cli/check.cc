#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_text.h"
#include "hub/model/event.h"
#include "hub/wire/client_message.h"

namespace commonwatch::cli {
namespace {

// What the hub would say to the event; nothing if it would take it.
std::optional<Error> find_fault(const v1::Event& event) {
  const auto decoded =
      wire::decode_event(event.SerializeAsString(), wire::Encoding::kBinary, Limits());
  if (decoded.refusal) return decoded.refusal;
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const auto valid = model::validate(decoded.event, Limits(), now);
  if (!valid) return valid.error();
  return std::nullopt;
}

void report(const std::string& input, const ReadFault& fault, Terminal& terminal) {
  if (terminal.json()) {
    terminal.line("{\"input\":" + json_string(input) + ",\"line\":" + std::to_string(fault.line) +
                  ",\"field\":" + json_string(fault.field) +
                  ",\"message\":" + json_string(fault.message) + "}");
  } else {
    terminal.line(input + ":" + std::to_string(fault.line) + ": " +
                  (fault.field.empty() ? "" : fault.field + ": ") + fault.message);
  }
}

}  // namespace

int check(const CheckOptions& options, Terminal& terminal) {
  if (!options.source.empty()) require_source_name(options.source);
  std::uint64_t events = 0;
  std::uint64_t faults = 0;
  std::uint64_t filtered = 0;
  for (const auto& path : options.inputs) {
    const auto reader = open_reader({path, options.format, options.mapping, false});
    while (auto item = reader->next()) {
      std::optional<ReadFault> fault;
      if (const auto* read = std::get_if<ReadEvent>(&*item)) {
        ++events;
        if (const auto found = find_fault(read->event)) {
          fault = ReadFault{read->line, found->field, found->message};
        }
      } else {
        fault = std::get<ReadFault>(*item);
      }
      if (!fault) continue;
      ++faults;
      report(path, *fault, terminal);
    }
    filtered += reader->filtered();
  }
  terminal.say(std::to_string(events) + " events, " + std::to_string(filtered) +
               " rows filtered out, " + std::to_string(faults) + " faults" +
               (faults == 0 ? ": the hub would take all of it" : ""));
  if (terminal.json()) {
    terminal.line("{\"events\":" + std::to_string(events) + ",\"faults\":" +
                  std::to_string(faults) + ",\"filtered\":" + std::to_string(filtered) + "}");
  }
  return faults == 0 ? kDone : kBadInput;
}

}  // namespace commonwatch::cli
