// What `publish` and `simulate` tell: rows that were no events, events that were rejected, progress
// and the summary.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>

#include "clients/cli/terminal.h"
#include "clients/cpp/publisher.h"

namespace commonwatch::cli {

// Thread-safe.
class PublishReport {
 public:
  // `rejects`: a file for what did not get through, NDJSON; empty: none. Throws InputError.
  PublishReport(Terminal& terminal, const std::filesystem::path& rejects);

  void unreadable(const std::string& input, const ReadFault& fault);
  void rejected(const client::RejectedEvent& event);
  void filtered(std::uint64_t rows) { filtered_ += rows; }

  // At most twice a second, only on a terminal.
  void progress(const client::PublisherCounts& counts);
  // One line on standard error; with --json one object on standard output.
  void summary(const client::PublisherCounts& counts);
  // Whether everything that was read also got through.
  bool all_fine(const client::PublisherCounts& counts) const;

 private:
  // Says the first few; the rest is counted.
  void tell(const std::string& text);
  void record(const std::string& json);

  Terminal& terminal_;
  std::ofstream rejects_;
  mutable std::mutex mutex_;
  std::uint64_t unreadable_ = 0;
  std::uint64_t filtered_ = 0;
  std::uint64_t told_ = 0;
  std::chrono::steady_clock::time_point shown_at_{};
  const std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
};

}  // namespace commonwatch::cli
