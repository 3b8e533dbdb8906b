// nchan 1.3 in nginx: one worker a core, as nginx is run; a channel of five messages, subscribers
// by WebSocket, publications by HTTP on a connection that stays open. No access log.
#include <fstream>

#include "bench/hub_process.h"
#include "bench/peers/blocking_socket.h"
#include "bench/peers/fanout_peer.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kModule = "usr/lib/nginx/modules/ngx_nchan_module.so";

std::string configuration(const std::filesystem::path& directory, const std::string& module,
                          std::uint16_t port) {
  const std::string here = directory.string();
  return "load_module " + module +
         ";\ndaemon off;\nuser root;\nworker_processes auto;\n"
         "worker_rlimit_nofile 20000;\npid " +
         here + "/nginx.pid;\nerror_log " + here +
         "/nginx.log warn;\nevents { worker_connections 16000; }\nhttp {\n  access_log off;\n"
         "  client_body_temp_path " +
         here + "/body;\n  proxy_temp_path " + here + "/proxy;\n  fastcgi_temp_path " + here +
         "/fastcgi;\n  uwsgi_temp_path " + here + "/uwsgi;\n  scgi_temp_path " + here +
         "/scgi;\n  client_max_body_size 4m;\n  client_body_buffer_size 1m;\n"
         "  keepalive_requests 1000000;\n  nchan_shared_memory_size 256m;\n"
         "  server {\n    listen 127.0.0.1:" +
         std::to_string(port) +
         " backlog=4096;\n"
         "    location = /subscribe { nchan_subscriber websocket; nchan_channel_id tick; }\n"
         "    location = /publish { nchan_publisher http; nchan_channel_id tick;"
         " nchan_message_buffer_length 5; }\n  }\n}\n";
}

class Nchan final : public FanoutPeer {
 public:
  Nchan(const PeerPrograms& programs, const std::filesystem::path& directory) : port_(free_port()) {
    const auto file = directory / "nginx.conf";
    std::ofstream(file) << configuration(directory, programs.find_file(kModule)->string(), port_);
    process_ = std::make_unique<PeerProcess>(
        programs,
        std::vector<std::string>{programs.find("nginx")->string(), "-p", directory.string(), "-e",
                                 (directory / "nginx.log").string(), "-c", file.string()},
        directory / "peer.log", port_);
    publisher_ = std::make_unique<BlockingSocket>(port_);
  }

  std::uint16_t port() const override { return port_; }
  std::string path() const override { return "/subscribe"; }
  std::string protocol() const override { return ""; }
  std::string greeting(std::uint32_t) const override { return ""; }
  std::size_t delivery_bytes(std::size_t size) const override { return size; }
  const PeerProcess& process() const override { return *process_; }

  void publish(const std::string& payload) override {
    publisher_->drop_received();
    publisher_->send("POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
                     std::to_string(payload.size()) + "\r\n\r\n" + payload);
  }

 private:
  std::uint16_t port_;
  std::unique_ptr<PeerProcess> process_;
  std::unique_ptr<BlockingSocket> publisher_;
};

}  // namespace

FanoutPeerKind nchan_peer(const PeerPrograms& programs) {
  const bool there = programs.find("nginx") && programs.find_file(kModule);
  return {
      "nchan in nginx", there ? "" : "nginx with libnginx-mod-nchan is not installed",
      [programs](const auto& directory) { return std::make_unique<Nchan>(programs, directory); }};
}

}  // namespace commonwatch::bench
