// Another system as a child process on loopback, with what it starts itself.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace commonwatch::bench {

// Where peers are that were only unpacked (deploy/install-deps --bench), beside those that are
// installed.
struct PeerPrograms {
  std::filesystem::path unpacked;
  // The program of this name; nothing if it is not there.
  std::optional<std::filesystem::path> find(const std::string& name) const;
  // A file of its package, by its path below /.
  std::optional<std::filesystem::path> find_file(const std::filesystem::path& below_root) const;
};

// Whom a system runs as that refuses to run as root.
struct PeerUser {
  uid_t user = 0;
  gid_t group = 0;
};
// `postgres` if it is known here, or `nobody`; nothing where this program is not root itself.
std::optional<PeerUser> unprivileged_user();

// Runs a program to its end. Incomplete unless that is status 0.
void run_peer_program(const PeerPrograms& programs, const std::vector<std::string>& arguments,
                      const std::filesystem::path& log, std::optional<PeerUser> user);

class PeerProcess {
 public:
  // `arguments`: with the program in front. Waits until something listens on `port`; Incomplete if
  // it ends before, or takes too long. What it says goes to `log`. `user`: nothing for one's own.
  PeerProcess(const PeerPrograms& programs, const std::vector<std::string>& arguments,
              const std::filesystem::path& log, std::uint16_t port,
              std::optional<PeerUser> user = std::nullopt);
  // Asks it to end, and makes it if it does not.
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  // Of it and its children, in seconds.
  double cpu_seconds() const;
  // Likewise; what they share counts once.
  double resident_bytes() const;

 private:
  std::vector<pid_t> family() const;

  pid_t pid_ = -1;
};

}  // namespace commonwatch::bench
