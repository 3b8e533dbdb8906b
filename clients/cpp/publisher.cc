#include "clients/cpp/publisher.h"

#include "clients/cpp/publisher_session.h"

namespace commonwatch::client {

Publisher::Publisher(PublisherOptions options, PublisherListener listener) {
  auto spool = Spool::open(options.spool, options.spool_limits);
  session_ = std::make_shared<PublisherSession>(std::move(options), std::move(listener),
                                                std::move(spool.value()));
  thread_ = std::thread([session = session_] { session->run(); });
}

Publisher::~Publisher() {
  session_->stop();
  thread_.join();
}

Result<void> Publisher::append(const v1::Event& event, std::string_view origin, const Mark& mark) {
  return session_->append(event, origin, mark);
}

Result<void> Publisher::sync() { return session_->spool().sync(); }

Result<void> Publisher::set_mark(const Mark& mark) { return session_->spool().set_mark(mark); }

std::map<std::string, std::uint64_t> Publisher::marks() const { return session_->spool().marks(); }

Result<void> Publisher::drain(std::optional<std::chrono::milliseconds> timeout) {
  return session_->drain(timeout);
}

void Publisher::stop() { session_->stop(); }

bool Publisher::ended() const { return session_->ended(); }

PublisherCounts Publisher::counts() const { return session_->counts(); }

const Spool& Publisher::spool() const { return session_->spool(); }

}  // namespace commonwatch::client
