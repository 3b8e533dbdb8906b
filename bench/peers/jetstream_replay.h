// A stream of JetStream that is written once and read in every round, by an ordered consumer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "bench/peers/jetstream.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {

struct StoredStream {
  std::uint64_t events = 0;  // of all partners together
  std::uint32_t partners = 8;
  std::uint64_t message_events = 1;
};

class JetStreamReplay {
 public:
  JetStreamReplay(PeerPrograms programs, std::filesystem::path parent, const StoredStream& stream)
      : programs_(std::move(programs)), parent_(std::move(parent)), stream_(stream) {}

  // Writes the stream if it is the first time. Incomplete unless every message comes once, in the
  // stream's order, with the bytes that were published.
  Sample measure();

 private:
  void store();

  PeerPrograms programs_;
  std::filesystem::path parent_;
  StoredStream stream_;
  std::unique_ptr<TemporaryDirectory> directory_;
  std::unique_ptr<JetStream> peer_;
  std::uint64_t sum_ = 0;  // of the messages' checksums, which knows no order
};

}  // namespace commonwatch::bench
