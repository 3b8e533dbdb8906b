#include "hub/app/audit_commands.h"

#include <utility>

#include "hub/wire/audit_record.h"

namespace commonwatch::app {
namespace {

constexpr std::size_t kPageRecords = 1000;

Error refusal(std::string message, const char* field) {
  return make_error(ErrorCode::kInvalidRequest, std::move(message), field);
}

Result<std::optional<Instant>> parse_time(const std::string& text, const char* name) {
  if (text.empty()) return std::optional<Instant>();
  auto time = parse_rfc3339(text);
  if (!time) {
    return refusal(
        std::string("--") + name + " is a time such as 2026-03-11T09:00:00Z, not " + text, name);
  }
  return time;
}

// As it is where it is a word; else in quotes, on one line, so that what a client sent cannot look
// like another record or another field.
std::string quote(const std::string& text) {
  std::string quoted;
  bool plain = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7F;
    plain = plain && !control && c != ' ' && c != '"' && c != '=';
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += control ? '?' : c;
  }
  return plain ? text : "\"" + quoted + "\"";
}

using Line = std::string (*)(model::AuditSequence, const model::AuditRecord&);

std::string text_line(model::AuditSequence sequence, const model::AuditRecord& record) {
  std::string line = std::to_string(sequence.value()) + "  " + to_rfc3339(record.at) + "  " +
                     std::string(model::audit_kind_name(record.kind));
  const auto add = [&line](const char* name, const std::string& value) {
    if (!value.empty()) line.append("  ").append(name).append(quote(value));
  };
  add("", record.action);
  add("principal=", record.principal);
  add("audience=", record.audience);
  add("session=", record.session);
  add("from=", record.address);
  add("purpose=", record.purpose);
  add("on=", record.object.name);
  std::string cells;
  for (const model::Cell cell : record.object.cells) {
    cells.append(cells.empty() ? "" : ",").append(cell.token());
  }
  add("cells=", cells);
  if (record.object.from || record.object.to) {
    line.append("  span=").append(record.object.from ? to_rfc3339(*record.object.from) : "");
    line.append("/").append(record.object.to ? to_rfc3339(*record.object.to) : "");
  }
  if (record.object.count != 0) add("count=", std::to_string(record.object.count));
  std::string fields;
  for (const std::string& field : record.object.fields) {
    fields.append(fields.empty() ? "" : ",").append(field);
  }
  add("fields=", fields);
  add("agreement=", record.agreement);
  line.append("  ").append(wire::audit_outcome(record));
  add("note=", record.note);
  return line;
}

Result<std::uint64_t> write_lines(const storage::AuditLog& log, const AuditFilter& filter,
                                  server::OperatorOutput& output, Line line) {
  std::uint64_t count = 0;
  const auto read = read_audit(log, filter, [&](auto sequence, const auto& record) {
    ++count;
    return output.write(line(sequence, record) + "\n");
  });
  if (!read) return read.error();
  return count;
}

void write_faults(const std::vector<std::string>& faults, server::OperatorOutput& output) {
  for (const std::string& fault : faults) output.write("fault: " + fault + "\n");
}

void write_found(const std::vector<storage::HeldHead>& heads,
                 const std::vector<storage::FoundHead>& found, const char* unit,
                 server::OperatorOutput& output) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].place) continue;
    std::string line = "head " + storage::to_hex(heads[i].hash) + " stands at " + unit + " " +
                       std::to_string(*found[i].place);
    if (*found[i].place != 0) line += ", recorded " + to_rfc3339(found[i].at);
    output.write(line + ": everything up to there is as it was\n");
  }
}

}  // namespace

Result<AuditFilter> AuditFilter::parse(const std::string& principal, const std::string& audience,
                                       const std::string& kind, const std::string& from,
                                       const std::string& to) {
  AuditFilter filter;
  if (!principal.empty()) filter.principal = principal;
  if (!audience.empty()) filter.audience = audience;
  if (!kind.empty()) {
    filter.kind = model::parse_audit_kind(kind);
    if (!filter.kind) {
      return refusal("there is no kind " + kind + "; there are " + model::audit_kind_names(),
                     "kind");
    }
  }
  auto begin = parse_time(from, "from");
  if (!begin) return begin.error();
  auto end = parse_time(to, "to");
  if (!end) return end.error();
  filter.from = *begin;
  filter.to = *end;
  return filter;
}

Result<void> read_audit(
    const storage::AuditLog& log, const AuditFilter& filter,
    const std::function<bool(model::AuditSequence, const model::AuditRecord&)>& take) {
  Result<void> read;
  for (model::AuditSequence next(1);;) {
    auto page = log.read(next, kPageRecords);
    if (!page) return page.error();
    if (page->empty()) return read;
    for (const storage::AuditEntry& entry : *page) {
      auto record = wire::decode_audit_record(entry.payload);
      if (!record) {
        read = make_error(ErrorCode::kInternal,
                          "audit record " + std::to_string(entry.sequence.value()) + ": " +
                              record.error().message + "; all others were read");
      } else if (filter.takes(*record) && !take(entry.sequence, *record)) {
        return {};
      }
    }
    next = page->back().sequence.next();
  }
}

bool AuditFilter::takes(const model::AuditRecord& record) const {
  return (!principal || record.principal == *principal) &&
         (!audience || record.audience == *audience) && (!kind || record.kind == *kind) &&
         (!from || record.at >= *from) && (!to || record.at < *to);
}

Result<std::uint64_t> show_audit(const storage::AuditLog& log, const AuditFilter& filter,
                                 server::OperatorOutput& output) {
  return write_lines(log, filter, output, &text_line);
}

Result<std::uint64_t> export_audit(const storage::AuditLog& log, const AuditFilter& filter,
                                   server::OperatorOutput& output) {
  return write_lines(log, filter, output, &wire::encode_audit_json);
}

bool verify_audit(const storage::AuditLog& log, const std::vector<storage::HeldHead>& heads,
                  std::optional<Instant> kept_since, server::OperatorOutput& output) {
  const storage::AuditVerifyReport report = log.verify(heads, kept_since);
  write_faults(report.faults, output);
  write_found(heads, report.held, "audit record", output);
  if (report.forgotten) {
    output.write("retention took the records up to " + std::to_string(report.forgotten->last.value()) +
           ", the last one of " + to_rfc3339(report.forgotten->at) + "\n");
  }
  output.write(std::to_string(report.records) + " audit records, chain head " +
         std::to_string(report.head.sequence.value()) + ":" + storage::to_hex(report.head.hash) +
         (report.faults.empty() ? ": sound\n" : ": DAMAGED\n"));
  return report.faults.empty();
}

Result<bool> verify_events(const storage::EventLog& log,
                           const std::vector<storage::HeldHead>& heads,
                           server::OperatorOutput& output) {
  const storage::VerifyReport report =
      log.verify(heads, [&output] { return output.is_wanted(); });
  if (report.given_up) {
    return make_error(ErrorCode::kShuttingDown, "verify was ended before it had read everything");
  }
  write_faults(report.faults, output);
  write_found(heads, report.held, "offset", output);
  output.write(std::to_string(report.chunks) + " chunks, " + std::to_string(report.events) +
         " events, chain head " + storage::to_hex(report.chain_head) +
         (report.faults.empty() ? ": sound\n" : ": DAMAGED\n"));
  if (report.unnamed > 0) {
    output.write(std::to_string(report.unnamed) +
                 " chunks were reduced by an older hub: of what it left there, only the hashes are "
                 "proved\n");
  }
  return report.faults.empty();
}

}  // namespace commonwatch::app
