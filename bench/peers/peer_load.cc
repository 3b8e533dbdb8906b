#include "bench/peers/peer_load.h"

#include <algorithm>
#include <string>
#include <utility>

#include "bench/clock.h"
#include "bench/events.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kRunMax(300);

}  // namespace

PeerLoad::PeerLoad(Loop& loop, const IngestPeer& peer, const Load::Size& size,
                   std::uint64_t in_flight)
    : loop_(loop), peer_(peer), size_(size), in_flight_(in_flight) {
  for (std::uint32_t i = 0; i < size.partners; ++i) {
    Partner& partner = partners_.emplace_back();
    make_requests(i, partner);
    connect(i, partner);
  }
}

void PeerLoad::make_requests(std::uint32_t number, Partner& partner) const {
  require(size_.events % size_.batch_events == 0, "a peer is sent whole batches");
  std::vector<std::string> batch;
  for (std::string& event : make_events(source_name(number), size_.events)) {
    batch.push_back(std::move(event));
    if (batch.size() < size_.batch_events) continue;
    partner.queue.push_back(peer_.request(number, batch));
    batch.clear();
  }
}

void PeerLoad::connect(std::uint32_t number, Partner& partner) {
  BlockingSocket socket(peer_.port());
  peer_.greet(socket, number);
  partner.stream =
      std::make_unique<PeerStream>(loop_, socket.release(), [&](std::string_view bytes) {
        const Answers answers = peer_.read_answers(bytes);
        acknowledge(partner, answers.count);
        pump(partner);
        return answers.bytes;
      });
}

void PeerLoad::pump(Partner& partner) {
  while (!partner.queue.empty() && partner.sent.size() < in_flight_) {
    partner.sent.push_back({now_ns(), partner.queue.front().answers});
    partner.stream->send(std::move(partner.queue.front().bytes));
    partner.queue.pop_front();
  }
}

void PeerLoad::acknowledge(Partner& partner, std::uint32_t answers) {
  while (answers > 0) {
    require(!partner.sent.empty(), "a peer answers what it was not asked");
    Sent& first = partner.sent.front();
    const std::uint32_t of_first = std::min(answers, first.answers);
    answers -= of_first;
    first.answers -= of_first;
    if (first.answers > 0) return;
    latency_.record(now_ns() - first.at_ns);
    partner.sent.pop_front();
  }
}

double PeerLoad::run() {
  const std::uint64_t began = now_ns();
  for (Partner& partner : partners_) pump(partner);
  loop_.run_until("publishing", kRunMax, [&] {
    return std::all_of(partners_.begin(), partners_.end(), [](const Partner& partner) {
      partner.stream->check();
      return partner.queue.empty() && partner.sent.empty();
    });
  });
  const double took = seconds_since(began);
  const std::uint64_t stored = peer_.stored();
  require(stored == size_.partners * size_.events,
          "all is acknowledged, and " + std::to_string(stored) + " events are stored");
  return took;
}

}  // namespace commonwatch::bench
