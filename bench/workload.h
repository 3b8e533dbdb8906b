// A workload: a name, and the contenders that are measured in turn. A contender is the hub, a
// physical limit, or another system that people would take instead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace commonwatch::bench {

enum class Role : std::uint8_t { kHub, kLimit, kPeer };

// What one measurement gave: figures by name, each name with its unit.
using Sample = std::vector<std::pair<std::string, double>>;

class Contender {
 public:
  virtual ~Contender() = default;
  virtual Role role() const = 0;
  virtual std::string name() const = 0;
  // Where it lies on its workload's curve; 0: there is none.
  virtual double size() const { return 0; }
  // Why it is not measured here; empty: it is.
  virtual std::string skipped() const { return {}; }
  // One measurement, whole. Incomplete if anything that was sent did not arrive.
  virtual Sample measure() = 0;
};

// How large everything is, and where it lives.
struct Setup {
  std::filesystem::path hub;        // the hub's binary
  std::filesystem::path directory;  // on the disk that is measured
  std::filesystem::path peers;      // where other systems were unpacked
  bool small = false;               // tiny: for the tests
  std::uint32_t subscribers = 1000;
  std::uint32_t publishers = 64;
  std::uint64_t replay_events = 1'000'000;
  std::uint64_t older_events = 10'000'000;
};

using Contenders = std::vector<std::unique_ptr<Contender>>;

struct Workload {
  std::string name;
  std::string summary;
  std::function<Contenders(const Setup&)> make;
  // What the sizes of a curve count; empty: there is none.
  std::string axis = {};
};

// A contender whose measurement is one function.
class MeasuredBy final : public Contender {
 public:
  MeasuredBy(Role role, std::string name, std::function<Sample()> measure, double size = 0)
      : role_(role), name_(std::move(name)), measure_(std::move(measure)), size_(size) {}
  Role role() const override { return role_; }
  std::string name() const override { return name_; }
  double size() const override { return size_; }
  Sample measure() override { return measure_(); }

 private:
  Role role_;
  std::string name_;
  std::function<Sample()> measure_;
  double size_;
};

// A contender that is not there.
class Skipped final : public Contender {
 public:
  Skipped(std::string name, std::string why) : name_(std::move(name)), why_(std::move(why)) {}
  Role role() const override { return Role::kPeer; }
  std::string name() const override { return name_; }
  std::string skipped() const override { return why_; }
  Sample measure() override { return {}; }

 private:
  std::string name_;
  std::string why_;
};

// Another system; skipped if it is `missing` (why it cannot run; empty: it can).
inline std::unique_ptr<Contender> peer_contender(const std::string& name,
                                                 const std::string& missing,
                                                 std::function<Sample()> measure) {
  if (!missing.empty()) return std::make_unique<Skipped>(name, missing);
  return std::make_unique<MeasuredBy>(Role::kPeer, name, std::move(measure));
}

// Adds the hub as it is at each of these sizes.
template <class Size, class Measure>
Contenders curve(const std::vector<Size>& sizes, const std::string& axis, Measure measure) {
  Contenders contenders;
  for (const Size size : sizes) {
    contenders.push_back(std::make_unique<MeasuredBy>(
        Role::kHub, "hub, " + std::to_string(size) + " " + axis, [=] { return measure(size); },
        static_cast<double>(size)));
  }
  return contenders;
}

// Each in the file of its name.
Contenders make_ingest_sync(const Setup& setup);
Contenders make_ingest_latency(const Setup& setup);
// In fanout.cc.
Contenders make_fanout_1k(const Setup& setup);
Contenders make_fanout_10k(const Setup& setup);
Contenders make_fanout_full(const Setup& setup);
Contenders make_fanout_tiles(const Setup& setup);
Contenders make_fanout_slow(const Setup& setup);
Contenders make_fanout_return(const Setup& setup);
// In idle.cc.
Contenders make_idle_10k(const Setup& setup);
Contenders make_replay_scan(const Setup& setup);
Contenders make_replay_hotspots(const Setup& setup);
Contenders make_startup(const Setup& setup);
Contenders make_mixed(const Setup& setup);
// In growth.cc, the last one in growth_log.cc.
Contenders make_growth_subscribers(const Setup& setup);
Contenders make_growth_hotspots(const Setup& setup);
Contenders make_growth_partners(const Setup& setup);
Contenders make_growth_audiences(const Setup& setup);
Contenders make_growth_load(const Setup& setup);
Contenders make_growth_log(const Setup& setup);
// In engine.cc.
Contenders make_engine_live(const Setup& setup);
Contenders make_engine_burst(const Setup& setup);
Contenders make_engine_city(const Setup& setup);

}  // namespace commonwatch::bench
