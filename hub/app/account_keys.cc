#include "hub/app/account_keys.h"

#include <algorithm>
#include <array>
#include <functional>
#include <sstream>
#include <string_view>
#include <utility>

#include "hub/app/suggestion.h"

namespace commonwatch::app {
namespace {

using access::Account;
using access::Grant;
using access::Operation;
using access::SourcePattern;

constexpr std::array<std::string_view, 8> kKinds = {"ems", "health",   "police",   "hospital",
                                                    "lab", "outreach", "naloxone", "other"};
// Names of one account's certificates, sources of a grant, and the like.
constexpr std::size_t kListMax = 1000;
constexpr std::size_t kCertificateBytesMax = 256;

// Where in the file something is wrong.
struct Place {
  const std::filesystem::path& file;
  const toml::node& node;

  Place at(const toml::node& inner) const { return {file, inner}; }
  [[noreturn]] void fail(const std::string& message) const {
    throw Failure(make_error(
        ErrorCode::kInvalidRequest,
        file.string() + ":" + std::to_string(node.source().begin.line) + ": " + message));
  }
};

// What is quoted holds no control characters.
std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool is_token_hash(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_certificate_name(const std::string& text) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !text.empty() && text.size() <= kCertificateBytesMax &&
         std::ranges::none_of(text, is_control);
}

std::vector<std::string> read_texts(const Place& place, const std::string& what,
                                    const std::function<bool(const std::string&)>& is_valid) {
  const toml::array* const array = place.node.as_array();
  if (!array || array->empty() || array->size() > kListMax) place.fail(what);
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto text = element.value_exact<std::string>();
    if (!text || !is_valid(*text)) place.at(element).fail(what);
    texts.push_back(*text);
  }
  return texts;
}

std::vector<SourcePattern> read_sources(const Place& place) {
  const auto texts =
      read_texts(place,
                 "sources is a list of names such as \"county-ems/cad-1\", groups such as "
                 "\"county-ems/phone-*\", partners such as \"county-ems/*\", or \"*\"",
                 [](const std::string& text) { return SourcePattern::parse(text).has_value(); });
  std::vector<SourcePattern> patterns;
  for (const std::string& text : texts) patterns.push_back(*SourcePattern::parse(text));
  return patterns;
}

std::vector<std::string> read_codes(const Place& place, const std::string& key) {
  return read_texts(place, key + " is a list of names of a-z 0-9 - _ .",
                    [](const std::string& text) { return access::is_code(text); });
}

Operation read_operation(const Place& place) {
  const auto name = place.node.value_exact<std::string>();
  const auto operation = name ? access::parse_operation(*name) : std::nullopt;
  if (!operation) {
    place.fail(
        "an operation is publish, subscribe, replay_events, replay_hotspots, replay_as, "
        "acknowledge, operate or enrol");
  }
  return *operation;
}

// "subscribe", or {operation = "replay_events", sources = [...], purposes = [...]}.
Grant read_grant(const Place& place) {
  const toml::table* const table = place.node.as_table();
  if (!table) return {read_operation(place), {}, {}, {}};
  Grant grant;
  if (!table->contains("operation")) place.fail("a grant says which operation it is for");
  for (const auto& [key, value] : *table) {
    const std::string name(key.str());
    if (name == "operation") {
      grant.operation = read_operation(place.at(value));
    } else if (name == "sources") {
      grant.sources = read_sources(place.at(value));
    } else if (name == "audiences") {
      grant.audiences = read_codes(place.at(value), name);
    } else if (name == "purposes") {
      grant.purposes = read_codes(place.at(value), name);
    } else {
      place.fail("a grant has operation, sources, audiences and purposes; there is no " + name);
    }
  }
  return grant;
}

std::vector<Grant> read_grants(const Place& place) {
  const toml::array* const array = place.node.as_array();
  if (!array || array->size() > kListMax) {
    place.fail(
        "grants is a list of operations, or of tables such as {operation = \"publish\", "
        "sources = [\"county-ems/cad-1\"]}");
  }
  std::vector<Grant> grants;
  for (const toml::node& element : *array) grants.push_back(read_grant(place.at(element)));
  return grants;
}

// What an account may do that says nothing else of itself.
std::vector<Grant> usual_grants(bool partner) {
  std::vector<Grant> grants;
  if (partner) grants.push_back({Operation::kPublish, {}, {}, {}});
  for (const Operation operation :
       {Operation::kSubscribe, Operation::kReplayEvents, Operation::kReplayHotspots}) {
    grants.push_back({operation, {}, {}, {}});
  }
  return grants;
}

// A partner speaks for itself alone: its grants to publish and enrol are for its own sources.
void bind_sources(const Place& place, Account& account, const std::vector<SourcePattern>& sources) {
  for (Grant& grant : account.principal.grants) {
    if (grant.operation != Operation::kPublish && grant.operation != Operation::kEnrol) continue;
    if (grant.sources.empty()) grant.sources = sources;
    const auto is_foreign = [&](const SourcePattern& pattern) {
      return !pattern.belongs_to(account.principal.name);
    };
    if (account.principal.partner.empty()) {
      if (grant.operation == Operation::kPublish) {
        place.fail("a viewer does not publish; make it a [[partner]]");
      }
      if (grant.sources.empty()) {
        place.fail(
            "a viewer that may enrol says for which sources: {operation = \"enrol\", "
            "sources = [\"county-ems/phone-*\"]}");
      }
    } else if (std::ranges::any_of(grant.sources, is_foreign)) {
      place.fail("the sources of partner " + account.principal.name + " begin with " +
                 account.principal.name + "/");
    }
  }
}

void add_flag(Account& account, const Place& place, const std::string& name,
              std::initializer_list<Operation> operations) {
  const auto flag = place.node.value_exact<bool>();
  if (!flag) place.fail(name + " is true or false");
  if (!*flag) return;
  for (const Operation operation : operations) {
    account.principal.grants.push_back({operation, {}, {}, {}});
  }
}

void read_identity(Account& account, const Place& place, const std::string& name) {
  if (name == "id") {
    account.principal.name = place.node.value_or(std::string());
  } else if (name == "audience") {
    account.principal.audience = place.node.value_or(std::string());
  } else if (name == "purpose") {
    account.principal.purpose = place.node.value_or(std::string());
    if (!access::is_code(account.principal.purpose)) {
      place.fail("purpose is 1 to 64 of a-z 0-9 - _ .");
    }
  } else if (name == "kind") {
    account.kind = place.node.value_or(std::string());
    if (std::ranges::find(kKinds, account.kind) == kKinds.end()) {
      place.fail("kind is ems, health, police, hospital, lab, outreach, naloxone or other");
    }
  } else if (name == "part2") {
    const auto part2 = place.node.value_exact<bool>();
    if (!part2) place.fail("part2 is true or false");
    account.principal.part2 = *part2;
  } else if (name == "token_sha256") {
    account.token_sha256 = read_texts(place,
                                      "token_sha256 is a list of SHA-256 sums in lower-case hex "
                                      "(printf %s TOKEN | sha256sum)",
                                      is_token_hash);
  } else if (name == "certificate") {
    account.certificates =
        read_texts(place,
                   "certificate is a list of names of client certificates: the subject's common "
                   "name, or an alternative name",
                   is_certificate_name);
  }
}

constexpr std::array<std::string_view, 12> kKeys = {
    "id",       "audience", "purpose", "kind",   "part2",   "token_sha256",
    "certificate", "purposes", "sources", "grants", "operate", "enrol"};
// A partner's alone.
constexpr std::array<std::string_view, 3> kPartnerKeys = {"kind", "part2", "sources"};

void check_keys(const Place& place, const toml::table& table, bool partner) {
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    const bool known = std::ranges::find(kKeys, name) != kKeys.end() &&
                       (partner || std::ranges::find(kPartnerKeys, name) == kPartnerKeys.end());
    if (known) continue;
    place.at(value).fail("a " + std::string(partner ? "partner" : "viewer") +
                         " has the keys id, audience, purpose, token_sha256, certificate, purposes, "
                         "grants, operate and enrol" +
                         (partner ? ", and kind, part2 and sources" : "") + "; there is no " +
                         std::string(name) + "; did you mean " +
                         nearest(name, {kKeys.begin(), kKeys.end()}) + "?");
  }
}

}  // namespace

Account read_account(const std::filesystem::path& file, const toml::node& node, bool partner) {
  const Place place{file, node};
  const toml::table* const table = node.as_table();
  if (!table) place.fail("write it as [[partner]] or [[viewer]]");
  check_keys(place, *table, partner);
  Account account;
  account.principal.audience = "all";
  if (partner) account.kind = "other";
  for (const auto& [key, value] : *table) {
    read_identity(account, place.at(value), std::string(key.str()));
  }
  const std::string& id = account.principal.name;
  if (!access::is_code(id)) place.fail("id is 1 to 64 of a-z 0-9 - _ .");
  if (!access::is_code(account.principal.audience)) {
    place.fail("audience is 1 to 64 of a-z 0-9 - _ .");
  }
  if (partner) account.principal.partner = id;
  const toml::node* const grants = table->get("grants");
  account.principal.grants = grants ? read_grants(place.at(*grants)) : usual_grants(partner);
  if (const toml::node* flag = table->get("operate")) {
    add_flag(account, place.at(*flag), "operate", {Operation::kAcknowledge, Operation::kOperate});
  }
  if (const toml::node* flag = table->get("enrol")) {
    add_flag(account, place.at(*flag), "enrol", {Operation::kEnrol});
  }
  std::vector<SourcePattern> sources;
  if (partner) sources.push_back(SourcePattern::of_partner(id));
  if (const toml::node* own = table->get("sources")) sources = read_sources(place.at(*own));
  bind_sources(place, account, sources);
  if (const toml::node* purposes = table->get("purposes")) {
    const auto codes = read_codes(place.at(*purposes), "purposes");
    for (Grant& grant : account.principal.grants) {
      if (grant.purposes.empty()) grant.purposes = codes;
    }
  }
  return account;
}

namespace {

template <class List, class Text>
std::string print_list(const List& list, Text text) {
  std::string printed;
  for (const auto& item : list) printed += (printed.empty() ? "" : ", ") + quote(text(item));
  return "[" + printed + "]";
}

std::string print_texts(const std::vector<std::string>& list) {
  return print_list(list, [](const std::string& text) { return text; });
}

std::string print_grant(const Grant& grant) {
  std::string text = "{operation = " + quote(access::operation_name(grant.operation));
  if (!grant.sources.empty()) {
    text += ", sources = " +
            print_list(grant.sources, [](const SourcePattern& pattern) { return pattern.text(); });
  }
  if (!grant.audiences.empty()) text += ", audiences = " + print_texts(grant.audiences);
  if (!grant.purposes.empty()) text += ", purposes = " + print_texts(grant.purposes);
  return text + "}";
}

}  // namespace

std::string print_account(const Account& account) {
  const bool partner = !account.principal.partner.empty();
  std::ostringstream out;
  out << "[[" << (partner ? "partner" : "viewer") << "]]\nid = " << quote(account.principal.name)
      << "\naudience = " << quote(account.principal.audience) << "\n";
  if (!account.principal.purpose.empty()) {
    out << "purpose = " << quote(account.principal.purpose) << "\n";
  }
  if (partner) {
    out << "kind = " << quote(account.kind)
        << "\npart2 = " << (account.principal.part2 ? "true" : "false") << "\n";
  }
  if (!account.token_sha256.empty()) {
    out << "token_sha256 = " << print_texts(account.token_sha256) << "\n";
  }
  if (!account.certificates.empty()) {
    out << "certificate = " << print_texts(account.certificates) << "\n";
  }
  out << "grants = [";
  for (const Grant& grant : account.principal.grants) out << "\n  " << print_grant(grant) << ",";
  out << "\n]\n";
  return out.str();
}

void check_accounts(const std::vector<Account>& accounts, const sharing::Settings& sharing) {
  const auto fail = [](const std::string& message) {
    throw Failure(make_error(ErrorCode::kInvalidRequest, message));
  };
  std::vector<std::string> taken;
  const auto take = [&](const std::string& what, const std::string& name) {
    const std::string key = what + " " + name;
    if (std::ranges::find(taken, key) != taken.end()) {
      fail(key + " stands with two accounts; each has its own");
    }
    taken.push_back(key);
  };
  for (const Account& account : accounts) {
    take("the id", account.principal.name);
    for (const std::string& hash : account.token_sha256) take("the token with SHA-256", hash);
    for (const std::string& name : account.certificates) take("the certificate", name);
    const access::Principal& principal = account.principal;
    if (sharing.is_open() && principal.audience != model::kOpenAudience) {
      fail("the audience " + principal.audience + " of " + principal.name +
           " is not configured; leave audience out: all is shown to it");
    }
    if (!sharing.is_open() && sharing.audience(principal.audience) == nullptr) {
      std::string known;
      for (const sharing::Audience& one : sharing.audiences) known += " " + one.id;
      fail(principal.name + " is of no audience that there is; say which, one of" + known);
    }
  }
}

}  // namespace commonwatch::app
