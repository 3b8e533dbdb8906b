// Publishes one overdose, then watches until the hub has shown its state once.
//
//   commonwatch-client-example ws://127.0.0.1:8710
#include <chrono>
#include <cstdio>

#include "clients/cpp/publisher.h"
#include "clients/cpp/subscriber.h"

using namespace commonwatch;

namespace {

v1::Event make_event() {
  v1::Event event;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  event.set_record_id("example-" + std::to_string(seconds));
  event.mutable_occurred_at()->set_seconds(seconds);
  event.mutable_location()->set_latitude(40.1215);
  event.mutable_location()->set_longitude(-75.3399);
  event.mutable_location()->set_kind(v1::LOCATION_KIND_SCENE);
  event.mutable_overdose()->set_outcome(v1::OUTCOME_NONFATAL);
  return event;
}

}  // namespace

int main(int argc, char** argv) try {
  client::ConnectOptions connect;
  connect.endpoint = client::parse_endpoint(argc > 1 ? argv[1] : "ws://127.0.0.1:8710").value();

  client::PublisherOptions publish{
      .connect = connect, .source = "example/cpp", .spool = "commonwatch-example-spool"};
  client::Publisher publisher(publish, {});
  publisher.append(make_event()).value();
  publisher.drain(std::chrono::seconds(10)).value();  // on disk at the hub
  std::printf("acknowledged\n");

  client::Subscriber* watching = nullptr;
  client::SubscriberListener listener;
  listener.on_message = [&](const client::ReceivedMessage& received,
                            const client::HotspotState& state) {
    if (!received.message.has_progress()) return;
    for (const auto* hotspot : state.ranked()) {
      std::printf("%s: %u in %u h, expected %.1f\n", hotspot->id().c_str(), hotspot->count(),
                  hotspot->window_hours(), hotspot->expected());
    }
    watching->stop();
  };
  client::Subscriber subscriber({.connect = connect}, listener);
  watching = &subscriber;
  const auto ended = subscriber.run();
  return ended.kind == client::FaultKind::kStopped ? 0 : 1;
} catch (const client::FaultError& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
