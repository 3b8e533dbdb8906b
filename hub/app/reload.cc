#include "hub/app/reload.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "hub/app/area_keys.h"
#include "hub/app/keys.h"
#include "hub/app/paging_keys.h"
#include "hub/app/sharing_keys.h"

namespace commonwatch::app {
namespace {

void copy_value(const Key<Configuration>& key, const Configuration& from, Configuration& to) {
  const toml::table printed = toml::parse("value = " + key.print(from));
  key.read(to, *printed.get("value"));
}

// Areas and jurisdictions with what their files hold, but not the settings of [hotspot].
std::string print_map(const Configuration& configuration) {
  hotspot::Settings map;
  map.areas = configuration.hotspot.areas;
  return map.canonical() + print_rows(area_table(), configuration.areas);
}

std::string print_accounts(const Configuration& configuration) {
  Configuration only;
  only.accounts = configuration.accounts;
  return print_configuration(only);
}

// Each has a feed of its own, that its viewers hold on to.
void check_audiences(const sharing::Settings& running, const sharing::Settings& read) {
  if (std::ranges::equal(running.audiences, read.audiences, {}, &sharing::Audience::id,
                         &sharing::Audience::id)) {
    return;
  }
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           "which audiences there are, and their order, changes with the next start "
                           "only; restart the hub"));
}

}  // namespace

ReloadPlan plan_reload(const Configuration& running, const Configuration& read) {
  ReloadPlan plan{read, {}};
  for (const Table<Configuration>& table : tables()) {
    for (const Key<Configuration>& key : table.keys) {
      if (key.print(running) == key.print(read)) continue;
      const bool restart = key.effect == Effect::kRestart;
      (restart ? plan.report.needs_restart : plan.report.applied)
          .push_back(table.name + "." + key.name);
      if (restart) copy_value(key, running, plan.effective);
    }
  }
  using Print = std::function<std::string(const Configuration&)>;
  const std::pair<const char*, Print> rows[] = {
      {"[[jurisdiction]]",
       [](const Configuration& c) {
         return print_rows(jurisdiction_table(), c.hotspot.jurisdictions);
       }},
      {"[[area]]", print_map},
      {"[[audience]]", [](const Configuration& c) { return print_rows(audience_table(), c.audiences); }},
      {"[[agreement]]", [](const Configuration& c) { return print_rows(agreement_table(), c.agreements); }},
      {"[[share]]", [](const Configuration& c) { return print_rows(share_table(), c.shares); }},
      {"[[page]]",
       [](const Configuration& c) { return print_rows(page_table(), c.paging.targets); }},
      {"[[partner]], [[viewer]]", print_accounts},
  };
  for (const auto& [name, print] : rows) {
    if (print(running) != print(read)) plan.report.applied.emplace_back(name);
  }
  check_audiences(running.sharing, read.sharing);
  plan.report.new_epoch = running.hotspot.canonical() != read.hotspot.canonical() ||
                          running.sharing != read.sharing;
  check_configuration(plan.effective);
  return plan;
}

}  // namespace commonwatch::app
