// Analysts who replay every event again and again, on a thread of their own.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace commonwatch::bench {

class Analysts {
 public:
  Analysts(std::uint16_t port, std::uint32_t count);
  ~Analysts();
  Analysts(const Analysts&) = delete;
  Analysts& operator=(const Analysts&) = delete;

  // All are connected and have begun, or failed.
  bool have_begun() const { return begun_ || failed_; }
  // Stops them; events that all got together. Incomplete if one got nothing, or a replay that ended
  // was not whole.
  std::uint64_t finish();

 private:
  void run(std::uint16_t port, std::uint32_t count);

  std::atomic<bool> stopped_{false};
  std::atomic<bool> begun_{false};
  std::atomic<bool> failed_{false};
  std::string failure_;
  std::uint64_t events_ = 0;
  std::thread thread_;  // the last one, since it uses the others
};

}  // namespace commonwatch::bench
