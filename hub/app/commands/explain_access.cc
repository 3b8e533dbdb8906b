// `explain-access`: the answers to a privacy officer's questions, each by one command.
#include <map>

#include "hub/app/audit_commands.h"
#include "hub/app/commands/commands.h"
#include "hub/sharing/view.h"
#include "hub/storage/record_keys.h"

namespace commonwatch::app {
namespace {

Error refusal(std::string message, const char* field) {
  return make_error(ErrorCode::kInvalidRequest, std::move(message), field);
}

Result<int> explain_audience(const OperatorContext& context, const std::string& audience,
                             OperatorOutput& output) {
  try {
    output.write(sharing::explain(context.configuration->sharing, audience).text());
    return 0;
  } catch (const Failure& failure) {
    return failure.error();
  }
}

bool is_look(const model::AuditRecord& record) {
  return !record.refused && (record.kind == model::AuditKind::kSubscription ||
                             record.kind == model::AuditKind::kReplay ||
                             record.kind == model::AuditKind::kRead ||
                             record.kind == model::AuditKind::kExport);
}

Result<int> explain_principal(const OperatorContext& context, const std::string& principal,
                              OperatorOutput& output) {
  for (const access::Account& account : context.configuration->accounts) {
    if (account.principal.name != principal) continue;
    output.write("account " + principal + " is of the audience " + account.principal.audience +
                 "\n");
    if (auto done = explain_audience(context, account.principal.audience, output); !done) {
      return done;
    }
  }
  output.write("what it asked for, from the audit log:\n");
  AuditFilter filter;
  filter.principal = principal;
  const auto count = show_audit(*context.audit, filter, output);
  if (!count) return count.error();
  if (*count == 0) output.write("  nothing\n");
  return 0;
}

struct Found {
  std::uint64_t revisions = 0;
  Instant first{};
  Instant last{};
};

// Whole or reduced; of an erased one nothing is left to be found.
Result<Found> find_record(const storage::EventLog& log, const model::SourceName& source,
                          const std::string& record) {
  const model::RecordKey key = log.record_keys().of(source, record);
  Found found;
  for (model::Offset next;;) {
    const auto chunk = log.read(next);
    if (!chunk) return chunk.error();
    if (!*chunk) return found;
    next = (*chunk)->end();
    if ((*chunk)->source != source) continue;
    for (const storage::Entry& entry : (*chunk)->entries) {
      const bool named = entry.is_stored() && entry.record_id == record;
      if (!named && !(entry.form != storage::EntryForm::kErased && entry.key == key)) continue;
      if (found.revisions++ == 0) found.first = (*chunk)->recorded;
      found.last = (*chunk)->recorded;
    }
  }
}

void write_audiences(const sharing::Settings& settings, std::string_view partner,
                     OperatorOutput& output) {
  if (settings.is_open()) {
    output.write("  nothing is agreed: everybody sees everything\n");
    return;
  }
  for (const sharing::Audience& audience : settings.audiences) {
    const auto view = sharing::View::compile(settings, audience.id);
    const sharing::Term* term = view.term(partner);
    std::string line = "  " + audience.id + ": ";
    if (term == nullptr) {
      line += "not shared";
    } else if (audience.k > 1) {
      line += "counted in figures, of k = " + std::to_string(audience.k) + " or more";
    } else {
      line += std::string(audience.content == sharing::Content::kEvents
                              ? "its event and in the live picture"
                              : "in the live picture") +
              ", place to S2 level " + std::to_string(term->cell_level) + "; " +
              term->fields.text();
    }
    output.write(line + "\n");
  }
}

bool is_shown(const sharing::Settings& settings, const std::string& audience,
              std::string_view partner) {
  if (settings.is_open()) return true;
  return settings.audience(audience) != nullptr &&
         sharing::View::compile(settings, audience).term(partner) != nullptr;
}

struct Looks {
  std::uint64_t count = 0;
  Instant first{};
  Instant last{};
};

Result<int> explain_record(const OperatorContext& context, const std::string& source,
                           const std::string& record, OperatorOutput& output) {
  const auto name = model::SourceName::parse(source);
  if (!name) return refusal("'" + source + "' is no source; give --source PARTNER/SOURCE", "source");
  const auto found = find_record(*context.log, *name, record);
  if (!found) return found.error();
  if (found->revisions == 0) {
    return make_error(ErrorCode::kNotFound,
                      "the log holds nothing of record " + record + " of " + source, "record");
  }
  const sharing::Settings& settings = context.configuration->sharing;
  output.write("record " + record + " of " + source + ": " + std::to_string(found->revisions) +
               " events, recorded " + to_rfc3339(found->first) + " to " +
               to_rfc3339(found->last) + "\nby what is agreed now:\n");
  write_audiences(settings, name->partner(), output);
  std::map<std::string, Looks> seen;
  AuditFilter filter;
  const auto read = read_audit(*context.audit, filter, [&](auto, const auto& look) {
    const bool later = look.at >= found->first || look.action == "subscribe";
    if (!is_look(look) || !later || !is_shown(settings, look.audience, name->partner())) {
      return true;
    }
    Looks& looks = seen[look.principal + " (" + look.audience + ")"];
    if (looks.count++ == 0) looks.first = look.at;
    looks.last = look.at;
    return true;
  });
  if (!read) return read.error();
  output.write("may have seen it, by the audit log (audit show --principal tells what of):\n");
  for (const auto& [who, looks] : seen) {
    output.write("  " + who + ": " + std::to_string(looks.count) + " times, " +
                 to_rfc3339(looks.first) + " to " + to_rfc3339(looks.last) + "\n");
  }
  if (seen.empty()) output.write("  nobody\n");
  return 0;
}

}  // namespace

Result<int> explain_access(OperatorContext& context, const Arguments& given,
                           OperatorOutput& output) {
  const std::string audience = given.text("audience");
  const std::string principal = given.text("principal");
  const std::string record_id = given.text("record");
  if (audience.empty() + principal.empty() + record_id.empty() != 2) {
    return refusal("give one of --audience, --principal, or --record with --source", "audience");
  }
  record(context, model::AuditKind::kOperation, "explain-access",
         !audience.empty()    ? audience
         : !principal.empty() ? principal
                              : given.text("source") + " " + record_id);
  if (!audience.empty()) return explain_audience(context, audience, output);
  if (!principal.empty()) return explain_principal(context, principal, output);
  return explain_record(context, given.text("source"), record_id, output);
}

}  // namespace commonwatch::app
