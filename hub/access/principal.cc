#include "hub/access/principal.h"

#include <algorithm>
#include <optional>

namespace commonwatch::access {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

std::string join(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

std::string join(const std::vector<SourcePattern>& list) {
  std::string text;
  for (const SourcePattern& item : list) text += (text.empty() ? "" : ", ") + item.text();
  return text;
}

// What the operation is called in a sentence: "may not ...".
std::string phrase(Operation operation, const Touched& touched) {
  const std::string source = touched.source ? " " + touched.source->text() : "";
  switch (operation) {
    case Operation::kPublish:
      return source.empty() ? "publish" : "publish to" + source;
    case Operation::kSubscribe:
      return "see hotspots and alerts";
    case Operation::kReplayEvents:
      return "replay events" + (source.empty() ? "" : " of" + source);
    case Operation::kReplayHotspots:
      return "replay hotspots";
    case Operation::kReplayAs:
      return "replay as " + std::string(touched.audience);
    case Operation::kAcknowledge:
      return "answer alerts";
    case Operation::kOperate:
      return "decide on records and sites";
    case Operation::kEnrol:
      return "enrol devices" + (source.empty() ? "" : " as" + source);
  }
  return std::string(operation_name(operation));
}

// Why this grant does not do; nothing if it does.
std::optional<std::string> find_bound(const Grant& grant, const Touched& touched,
                                      const std::string& purpose) {
  const auto matches = [&](const SourcePattern& p) { return p.matches(*touched.source); };
  if (touched.source && !grant.sources.empty() && std::ranges::none_of(grant.sources, matches)) {
    return "the grant is for " + join(grant.sources);
  }
  if (!touched.audience.empty() && !grant.audiences.empty() &&
      !contains(grant.audiences, touched.audience)) {
    return "the grant is for " + join(grant.audiences);
  }
  if (!grant.purposes.empty() && !contains(grant.purposes, purpose)) {
    return "the grant is for the purpose " + join(grant.purposes) + ", and " +
           (purpose.empty() ? "none was said" : "this connection is for " + purpose) +
           "; say it in hello.purpose (Commonwatch-Purpose over HTTP)";
  }
  return std::nullopt;
}

}  // namespace

Result<void> Principal::may(Operation operation, const Touched& touched) const {
  std::string why;
  for (const Grant& grant : grants) {
    if (grant.operation != operation) continue;
    auto bound = find_bound(grant, touched, purpose);
    if (!bound) return {};
    why = ": " + *std::move(bound);
  }
  return make_error(ErrorCode::kForbidden,
                    name + " may not " + phrase(operation, touched) + why +
                        "; ask the hub's operator for a grant",
                    std::string(touched.field));
}

Result<void> Principal::may_replay_events(std::span<const std::string> partners,
                                          std::span<const std::string> sources) const {
  if (auto any = may(Operation::kReplayEvents, {nullptr, {}, "replay.mode"}); !any) return any;
  const auto is_within = [&](const Grant& grant) {
    if (grant.operation != Operation::kReplayEvents || find_bound(grant, {}, purpose)) return false;
    if (grant.sources.empty()) return true;
    const auto covers = [&](const std::string& one) {
      return std::ranges::any_of(grant.sources,
                                 [&](const auto& p) { return p.covers_partner(one); });
    };
    const auto holds = [&](const std::string& source) {
      const auto parsed = model::SourceName::parse(source);
      return parsed &&
             std::ranges::any_of(grant.sources, [&](const auto& p) { return p.matches(*parsed); });
    };
    // Both lists must match, so that one of them within the bounds is enough.
    return (!sources.empty() && std::ranges::all_of(sources, holds)) ||
           (!partners.empty() && std::ranges::all_of(partners, covers));
  };
  if (std::ranges::any_of(grants, is_within)) return {};
  std::vector<SourcePattern> granted;
  for (const Grant& grant : grants) {
    if (grant.operation != Operation::kReplayEvents) continue;
    granted.insert(granted.end(), grant.sources.begin(), grant.sources.end());
  }
  return make_error(ErrorCode::kForbidden,
                    name + " may replay events of " + join(granted) +
                        " only; name them in the filter's sources or partners, or ask the hub's "
                        "operator for a grant",
                    "replay.filter.sources");
}

Principal anyone() {
  Principal principal{"anyone", "all", "", {}, ""};
  for (const Operation operation :
       {Operation::kPublish, Operation::kSubscribe, Operation::kReplayEvents,
        Operation::kReplayHotspots, Operation::kReplayAs, Operation::kAcknowledge,
        Operation::kOperate, Operation::kEnrol}) {
    principal.grants.push_back({operation, {}, {}, {}});
  }
  return principal;
}

}  // namespace commonwatch::access
