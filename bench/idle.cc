// idle_10k: connected, subscribed, quiet.
#include "bench/audience.h"
#include "bench/clock.h"
#include "bench/hub_process.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

// Heartbeats come in it.
constexpr std::chrono::seconds kQuiet(12);

Sample idle(const Setup& setup, std::uint32_t connections, bool tls) {
  const TemporaryDirectory directory(setup.directory);
  const TlsContext context = tls ? make_client_context() : nullptr;
  std::string settings;
  if (tls) {
    write_certificate(directory.path());
    settings = "[listen]\ntls_certificate = \"" + (directory.path() / "certificate.pem").string() +
               "\"\ntls_key = \"" + (directory.path() / "key.pem").string() + "\"\n";
  }
  HubProcess hub(setup.hub, directory.path() / "data", settings, context.get());
  Sample sample;
  {
    const auto before = static_cast<double>(hub.resident_bytes());
    Loop loop;
    const Audience audience(loop, hub.port(), connections, 256, context.get());
    const double cpu_before = hub.cpu_seconds();
    const std::uint64_t began = now_ns();
    const auto quiet = setup.small ? std::chrono::seconds(1) : kQuiet;
    while (seconds_since(began) < static_cast<double>(quiet.count())) {
      loop.poll(std::chrono::milliseconds(20));
    }
    for (const auto& subscriber : audience.all()) subscriber->check();
    const double cpu = hub.cpu_seconds() - cpu_before;
    const double took = seconds_since(began);
    const double resident = static_cast<double>(hub.resident_bytes()) - before;
    sample = {{"resident KB / connection", resident / connections / 1024},
              {"CPU ms a second / 1,000 connections", cpu / took / connections * 1e6}};
  }
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_idle_10k(const Setup& setup) {
  const std::uint32_t connections = setup.small ? 50 : 10 * setup.subscribers;
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub", [=] { return idle(setup, connections, false); }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub, TLS", [=] { return idle(setup, connections, true); }));
  return contenders;
}

}  // namespace commonwatch::bench
