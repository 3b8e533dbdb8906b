// idle_10k: connected, subscribed, quiet.
#include "bench/audience.h"
#include "bench/clock.h"
#include "bench/hub_process.h"
#include "bench/peers/peer_audience.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

// Heartbeats come in it.
constexpr std::chrono::seconds kQuiet(12);

// Seconds.
double stay_quiet(Loop& loop, const Setup& setup) {
  const std::uint64_t began = now_ns();
  const auto quiet = setup.small ? std::chrono::seconds(1) : kQuiet;
  while (seconds_since(began) < static_cast<double>(quiet.count())) {
    loop.poll(std::chrono::milliseconds(20));
  }
  return seconds_since(began);
}

Sample sample_of(double resident, double cpu, double took, std::uint32_t connections) {
  return {{"resident KB / connection", resident / connections / 1024},
          {"CPU ms a second / 1,000 connections", cpu / took / connections * 1e6}};
}

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
    const double took = stay_quiet(loop, setup);
    for (const auto& subscriber : audience.all()) subscriber->check();
    const double cpu = hub.cpu_seconds() - cpu_before;
    const double resident = static_cast<double>(hub.resident_bytes()) - before;
    sample = sample_of(resident, cpu, took, connections);
  }
  hub.stop();
  return sample;
}

Sample idle_at_peer(const Setup& setup, const FanoutPeerKind& kind, std::uint32_t connections) {
  const TemporaryDirectory directory(setup.directory);
  const auto peer = kind.start(directory.path());
  const double before = peer->process().resident_bytes();
  Loop loop;
  const PeerAudience audience(loop, *peer, connections);
  const double cpu_before = peer->process().cpu_seconds();
  const double took = stay_quiet(loop, setup);
  audience.check();
  return sample_of(peer->process().resident_bytes() - before,
                   peer->process().cpu_seconds() - cpu_before, took, connections);
}

}  // namespace

Contenders make_idle_10k(const Setup& setup) {
  const std::uint32_t connections = setup.small ? 50 : 10 * setup.subscribers;
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub", [=] { return idle(setup, connections, false); }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub, TLS", [=] { return idle(setup, connections, true); }));
  for (const FanoutPeerKind& kind : fanout_peers(PeerPrograms{setup.peers})) {
    contenders.push_back(peer_contender(kind.name, kind.missing,
                                        [=] { return idle_at_peer(setup, kind, connections); }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
