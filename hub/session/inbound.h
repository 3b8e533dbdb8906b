// Memory of what has not come whole: messages and request bodies of all connections together.
#pragma once

#include <atomic>
#include <cstddef>

namespace commonwatch::session {

// Any thread.
class Inbound {
 public:
  // What one connection holds of it; given back with it. Not thread-safe itself.
  class Share {
   public:
    explicit Share(Inbound& whole) : whole_(whole) {}
    ~Share() { whole_.bytes_ -= bytes_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // From now on `size` bytes in all, of which the first `free` do not count. False: together they
    // are more than `bytes_max`, and nothing was changed.
    bool resize(std::size_t size, std::size_t free, std::size_t bytes_max) {
      const std::size_t counted = size > free ? size - free : 0;
      if (counted > bytes_) {
        const std::size_t more = counted - bytes_;
        if (whole_.bytes_.fetch_add(more) + more > bytes_max) {
          whole_.bytes_ -= more;
          return false;
        }
      } else {
        whole_.bytes_ -= bytes_ - counted;
      }
      bytes_ = counted;
      return true;
    }

   private:
    Inbound& whole_;
    std::size_t bytes_ = 0;
  };

  std::size_t bytes() const { return bytes_; }

 private:
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace commonwatch::session
