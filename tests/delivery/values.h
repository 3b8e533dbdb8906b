// An alert, a page of it, a directory of one's own, and programs to be run.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "hub/model/alert.h"
#include "hub/model/paging.h"

namespace commonwatch::delivery::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  // A shell script; `$D` in it is this directory.
  std::string script(const std::string& name, const std::string& text) const {
    write(name, "#!/bin/sh\nD=" + path_.string() + "\n" + text + "\n");
    ::chmod(path(name).c_str(), 0700);
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path path_;
};

// Nothing here asserts how long anything takes; this only ends a test that would never end.
inline void wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) FAIL("waited in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

inline model::Alert make_alert(const std::string& id, std::uint32_t count = 4) {
  model::Alert alert;
  alert.id = id;
  alert.version = 3;
  alert.state = model::AlertState::kOpen;
  alert.jurisdiction = "Montgomery";
  alert.opened = *parse_rfc3339("2016-03-11T22:15:00Z");
  alert.asks = true;
  model::Hotspot& hotspot = alert.hotspot;
  hotspot.zone = {model::ZoneKind::kBlock, model::Cell::at({40.1234567, -75.3456789}, 13), ""};
  hotspot.id = zone_id(hotspot.zone);
  hotspot.center = {40.123457, -75.345679};
  hotspot.window_hours = 24;
  hotspot.count = count;
  hotspot.expected = 0.842;
  hotspot.interval_days = 480.2;
  hotspot.severity = model::Severity::kAlert;
  hotspot.provisional = true;
  alert.evidence.window_start = *parse_rfc3339("2016-03-10T23:00:00Z");
  alert.evidence.window_end = *parse_rfc3339("2016-03-11T23:00:00Z");
  alert.evidence.silent = {"county-er"};
  alert.evidence.agencies = {{"county-ems", 4}};
  return alert;
}

inline model::Paging make_step(const model::Alert& alert, std::uint32_t attempt = 1) {
  return {alert.id,
          alert.version,
          "desk",
          alert.id + "/3/desk",
          attempt,
          model::PagingPhase::kIntended,
          *parse_rfc3339("2016-03-11T22:15:01Z"),
          alert.hotspot.severity,
          alert.hotspot.count,
          model::PageReason::kOpened};
}

}  // namespace commonwatch::delivery::test
