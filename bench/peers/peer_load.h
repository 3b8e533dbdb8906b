// Partners that publish together to a peer, until everything is acknowledged: what `Load` is for
// the hub, with the same events.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "bench/histogram.h"
#include "bench/load.h"
#include "bench/peers/ingest_peer.h"
#include "bench/peers/peer_stream.h"

namespace commonwatch::bench {

class PeerLoad {
 public:
  // Makes every request, connects, greets. `in_flight`: requests of one partner that are sent and
  // not acknowledged.
  PeerLoad(Loop& loop, const IngestPeer& peer, const Load::Size& size, std::uint64_t in_flight);

  // Publishes everything; seconds until the last acknowledgement. Incomplete unless the peer then
  // has every event.
  double run();
  // From handing a request to the network to its last answer.
  const Histogram& latency() const { return latency_; }

 private:
  struct Sent {
    std::uint64_t at_ns;
    std::uint32_t answers;  // that have not come
  };
  struct Partner {
    std::unique_ptr<PeerStream> stream;
    std::deque<IngestRequest> queue;
    std::deque<Sent> sent;
  };

  void make_requests(std::uint32_t number, Partner& partner) const;
  void connect(std::uint32_t number, Partner& partner);
  void pump(Partner& partner);
  void acknowledge(Partner& partner, std::uint32_t answers);

  Loop& loop_;
  const IngestPeer& peer_;
  Load::Size size_;
  std::uint64_t in_flight_;
  std::deque<Partner> partners_;
  Histogram latency_;
};

}  // namespace commonwatch::bench
