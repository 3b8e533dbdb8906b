// Where the operator's socket of a data directory is.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace commonwatch::server {

inline constexpr const char* kOperatorSocketName = "operator.sock";

// An address of a socket is at most 107 bytes. Of a directory with a longer name it leads through
// a descriptor of this process (proc(5), /proc/self/fd), and holds while the object lives.
class OperatorAddress {
 public:
  // Throws Failure if the directory cannot be opened.
  explicit OperatorAddress(const std::filesystem::path& data);
  ~OperatorAddress();
  OperatorAddress(const OperatorAddress&) = delete;
  OperatorAddress& operator=(const OperatorAddress&) = delete;

  boost::asio::local::stream_protocol::endpoint endpoint() const { return path_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int directory_ = -1;
};

}  // namespace commonwatch::server
