// The operator's socket: `operator.sock` in the data directory, HTTP/1.1, one request a connection.
//
//   POST /COMMAND (of two words: /GROUP/COMMAND) with a JSON object of arguments
//   200, chunked text or NDJSON, then the trailers Commonwatch-Status (the command's exit status)
//   and, when it failed, Commonwatch-Error (percent-encoded)
//
// Mode 0600; the peer must be root or the hub's own account, as the kernel tells (SO_PEERCRED).
// Whoever may use it may read the data directory anyway: there is no other authentication.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "hub/server/operator_output.h"

namespace commonwatch::server {

inline constexpr const char* kStatusTrailer = "Commonwatch-Status";
inline constexpr const char* kErrorTrailer = "Commonwatch-Error";

struct OperatorRequest {
  std::string command;    // words with one blank between them
  std::string arguments;  // a JSON object
  uid_t uid = 0;
};

struct OperatorReply {
  int status = 0;     // exit status
  std::string error;  // one line; empty: none
};

// Called on one of a few threads of the socket's own, and may block.
using OperatorHandler = std::function<OperatorReply(const OperatorRequest&, OperatorOutput&)>;

class OperatorSocket {
 public:
  // Commands at one time; further ones wait.
  static constexpr std::size_t kCommandsMax = 4;

  // Binds, and replaces what an earlier hub left behind: the caller holds the directory's lock.
  // Throws Failure. Answers from here on.
  OperatorSocket(const std::filesystem::path& data, OperatorHandler handler);
  ~OperatorSocket();

  // Takes no more commands, and removes the socket: those that run are told that their output is
  // not wanted any more.
  void refuse_new();
  // The same, and waits for those that run. May be called twice.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonwatch::server
