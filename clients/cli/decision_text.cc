#include "clients/cli/decision_text.h"

#include <map>

#include "clients/cli/input/cell_text.h"
#include "hub/model/cell.h"
#include "hub/model/ids.h"

namespace commonwatch::cli {
namespace {

const std::map<std::string, v1::PairVerdict>& verdicts() {
  static const std::map<std::string, v1::PairVerdict> all{
      {"link", v1::PAIR_VERDICT_LINKED},
      {"split", v1::PAIR_VERDICT_SPLIT},
      {"by-rules", v1::PAIR_VERDICT_BY_RULES}};
  return all;
}

const std::map<std::string, v1::SiteKind>& kinds() {
  static const std::map<std::string, v1::SiteKind> all{
      {"facility", v1::SITE_KIND_FACILITY},
      {"placeholder", v1::SITE_KIND_PLACEHOLDER},
      {"ordinary", v1::SITE_KIND_ORDINARY}};
  return all;
}

// The source ends at the second slash; a record's id may hold more of them.
v1::RecordName read_record(const std::string& text) {
  const auto first = text.find('/');
  const auto second = first == std::string::npos ? first : text.find('/', first + 1);
  const auto source = text.substr(0, second);
  if (second == std::string::npos || second + 1 == text.size() ||
      !model::SourceName::parse(source)) {
    throw InputError("\"" + text + "\" is no record; write PARTNER/SOURCE/RECORD-ID");
  }
  v1::RecordName record;
  record.set_source(source);
  record.set_record_id(text.substr(second + 1));
  return record;
}

bool is_token(const std::string& text) {
  return !text.empty() && text.size() <= 16 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void read_place(const std::string& text, v1::SiteDecision& site) {
  const auto comma = text.find(',');
  if (comma != std::string::npos) {
    const auto latitude = read_number(text.substr(0, comma));
    const auto longitude = read_number(text.substr(comma + 1));
    if (latitude && longitude) {
      site.mutable_location()->set_latitude(*latitude);
      site.mutable_location()->set_longitude(*longitude);
      return;
    }
  } else if (is_token(text)) {
    const model::Cell cell(std::stoull(text + std::string(16 - text.size(), '0'), nullptr, 16));
    if (cell.is_valid() && cell.level() == model::kLeafLevel) {
      site.set_cell(cell.id());
      return;
    }
  }
  throw InputError("\"" + text + "\" is no place; write LATITUDE,LONGITUDE or the token of an S2 "
                   "cell of level 20");
}

}  // namespace

const std::vector<std::string>& decision_verbs() {
  static const std::vector<std::string> all{"link",        "split",    "by-rules", "facility",
                                            "placeholder", "ordinary"};
  return all;
}

std::string usage_fault(const DecideOptions& options) {
  if (verdicts().contains(options.verb)) {
    if (options.subjects.size() != 2) return options.verb + " takes two records";
    if (!options.name.empty()) return "--name goes with facility only";
    return "";
  }
  if (options.subjects.size() != 1) return options.verb + " takes one place";
  if (options.verb == "facility" && options.name.empty()) return "a facility needs --name";
  if (options.verb != "facility" && !options.name.empty()) return "--name goes with facility only";
  return "";
}

v1::Decide make_decision(const DecideOptions& options) {
  v1::Decide decision;
  if (const auto verdict = verdicts().find(options.verb); verdict != verdicts().end()) {
    *decision.mutable_pair()->mutable_first() = read_record(options.subjects.at(0));
    *decision.mutable_pair()->mutable_second() = read_record(options.subjects.at(1));
    decision.mutable_pair()->set_verdict(verdict->second);
  } else {
    read_place(options.subjects.at(0), *decision.mutable_site());
    decision.mutable_site()->set_kind(kinds().at(options.verb));
    decision.mutable_site()->set_name(options.name);
  }
  return decision;
}

}  // namespace commonwatch::cli
