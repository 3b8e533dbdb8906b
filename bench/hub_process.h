// A hub as a child process on a free loopback port, ended by its pid.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "bench/tls.h"

namespace commonwatch::bench {

class HubProcess {
 public:
  // Starts `binary` on `data` with these settings (TOML) and waits until it is ready. Its log goes
  // to `hub.log` beside the data. Incomplete if it ends or is not ready in time.
  // `tls`: to ask it with, if the settings say that it speaks TLS.
  HubProcess(const std::filesystem::path& binary, const std::filesystem::path& data,
             const std::string& settings, SSL_CTX* tls = nullptr);
  // kill -9, unless it was stopped.
  ~HubProcess();
  HubProcess(const HubProcess&) = delete;
  HubProcess& operator=(const HubProcess&) = delete;

  std::uint16_t port() const { return port_; }
  // From its start until it was ready.
  double ready_seconds() const { return ready_seconds_; }
  // User and system time of all its threads, in seconds, to 10 ms.
  double cpu_seconds() const;
  // Of the threads that hold the connections, and of all others that are there; exact.
  double shard_cpu_seconds() const { return thread_cpu_seconds(true); }
  double other_cpu_seconds() const { return thread_cpu_seconds(false); }
  std::uint64_t resident_bytes() const;
  // The most that was resident so far.
  std::uint64_t peak_bytes() const;
  // A gauge or counter of /metrics without labels; Incomplete if there is none of this name.
  double metric(const std::string& name) const;
  // Asks it to drain and waits for its end; Incomplete if it fails.
  void stop();

 private:
  double thread_cpu_seconds(bool of_shards) const;
  void wait_until_ready();
  bool has_ended();

  std::filesystem::path log_;
  SSL_CTX* tls_;
  std::uint16_t port_;
  pid_t pid_ = -1;
  double ready_seconds_ = 0;
};

// A port on 127.0.0.1 that nobody listens on.
std::uint16_t free_port();

// The body of an answer 200 to a GET on 127.0.0.1; empty otherwise.
std::string http_get(std::uint16_t port, const std::string& path, SSL_CTX* tls = nullptr);

}  // namespace commonwatch::bench
