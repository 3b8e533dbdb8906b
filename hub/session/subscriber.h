// The watching side of a session: its subscriptions, and its cursor into the feed. Holds a
// version and a list of tiles, never frames beyond the ones being sent. On the session's
// io_context.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "hub/feed/feed.h"
#include "hub/session/live_limits.h"
#include "hub/session/outgoing.h"
#include "hub/session/shared_sending.h"
#include "hub/telemetry/metrics.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::session {

class Subscriber {
 public:
  // Everything outlives it.
  Subscriber(const LiveLimits& limits, telemetry::Metrics& metrics, SharedSending& shared,
             wire::Encoding encoding)
      : limits_(limits), metrics_(metrics), shared_(shared), encoding_(encoding) {}

  // What its audience is shown; once, before anything else.
  void set_feed(const feed::Feed& feed) { feed_ = &feed; }
  Result<void> subscribe(const wire::Subscribe& request);
  Result<void> update(const wire::UpdateSubscription& request);
  Result<void> unsubscribe(std::uint32_t subscription);
  bool holds(std::uint32_t subscription) const { return subscriptions_.count(subscription) != 0; }
  bool is_active() const { return !subscriptions_.empty(); }
  std::size_t subscriptions() const { return subscriptions_.size(); }

  // The feed has something new.
  void notice() { news_ = true; }
  // What is to be sent next, or nothing. `heartbeat`: progress is wanted even if nothing changed
  // in the tiles.
  Outgoing next(bool heartbeat);

 private:
  struct Selected {
    bool everywhere = true;
    std::vector<model::Tile> tiles;
  };
  Result<Selected> select(const model::AreaRequest& request) const;
  void unite();
  void add_since(const feed::TileSelection& before);
  bool is_adding() const { return added_.everywhere || !added_.tiles.empty(); }
  void read(bool heartbeat);
  // Tiles that were added to a stream under way, as they stand.
  void read_added();
  void send(feed::SharedDelivery delivery);

  const LiveLimits& limits_;
  telemetry::Metrics& metrics_;
  SharedSending& shared_;
  const feed::Feed* feed_ = nullptr;
  wire::Encoding encoding_;
  std::map<std::uint32_t, Selected> subscriptions_;
  feed::TileSelection selection_;  // all subscriptions together
  feed::TileSelection added_{false, {}};  // whose state was not sent yet
  std::optional<model::Position> held_;
  bool resume_refused_ = false;
  bool news_ = false;
  Outgoing before_;               // goes before `sending_`: a header, or all of it in frames
  feed::SharedDelivery sending_;  // nothing: all was sent
  std::size_t sent_ = 0;          // frames of it
};

}  // namespace commonwatch::session
