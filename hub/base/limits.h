// Every limit of the hub, with its unit as the last word. The configuration may change those that
// it names; the others are part of a format.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace commonwatch {

struct Limits {
  // One message from a client.
  std::uint32_t frame_bytes_max = 1U << 20U;
  // One message from a client that has not said hello.
  std::uint32_t hello_frame_bytes_max = 64U << 10U;
  // Fragments that one message may come in, empty ones too.
  std::uint32_t message_parts_max = 10'000;
  // What one connection may ask in one second, ten times as much at once; then it is read more
  // slowly. What is published, and taken, is bounded by credit instead.
  std::uint32_t session_requests_per_second_max = 200;
  // Pings, pongs: who sends more is closed.
  std::uint32_t session_control_frames_per_second_max = 100;
  // One encoded event.
  std::uint32_t event_bytes_max = 16U << 10U;
  // Events of one `publish`; also of one chunk.
  std::uint32_t batch_events_max = 1000;
  // Sequences that a client may send ahead of what is durable.
  std::uint32_t credit_events = 16'000;
  std::uint32_t subscriptions_max = 16;
  std::uint32_t subscription_tiles_max = 4096;
  std::uint32_t sources_max = 256;
  std::uint32_t replays_max = 4;
  // Replays of the whole hub.
  std::uint32_t hub_replays_max = 16;
  // Of one principal, so that others have some.
  std::uint32_t principal_replays_max = 8;
  std::uint32_t connections_max = 20'000;
  std::uint32_t polygon_vertices_max = 1000;
  std::uint32_t area_cells_max = 1000;
  std::uint32_t hello_timeout_ms = 5'000;
  std::uint32_t heartbeat_ms = 10'000;
  std::uint32_t idle_timeout_ms = 60'000;
  std::uint32_t write_timeout_ms = 30'000;
  std::uint32_t http_timeout_ms = 10'000;
  // Connections of one thread that are no session, or none yet. Beyond them the one that has waited
  // longest with half a request, or none, is closed.
  std::uint32_t http_connections_max = 1'000;
  // Descriptors that sessions leave for files, and for those who ask how the hub is; a quarter of
  // what the process may have, if that is less.
  std::uint32_t descriptors_reserved = 1'024;
  // Messages and bodies that have not come whole, of the whole hub together, each without its first
  // hello_frame_bytes_max. Beyond it none may grow above those.
  std::size_t inbound_bytes_max = 256U << 20U;
  std::uint32_t http_header_bytes_max = 8U << 10U;
  std::uint32_t http_body_bytes_max = 4U << 20U;
  // Events of one request, an event a line.
  std::uint32_t http_events_max = 20'000;
  // How far `occurred_at` may lie ahead of the hub's clock.
  std::uint64_t future_ms_max = 24ULL * 3600 * 1000;
  // A ring of frames, for those who resume or read slowly.
  std::size_t ring_bytes_max = 64U << 20U;
  std::uint32_t ring_ms_max = 600'000;
  // Events that a start folds again only to fill that ring.
  std::uint32_t refold_events_max = 200'000;
  // Submissions that wait for the log, together.
  std::size_t queued_bytes_max = 64U << 20U;
  // One synced batch of the log.
  std::size_t commit_bytes_max = 8U << 20U;
  // One page of replayed events.
  std::size_t page_bytes_max = 256U << 10U;
  // Records that wait for the audit log, together.
  std::size_t audit_queued_bytes_max = 8U << 20U;
  // One text of an audit record: a purpose, a name, an address.
  std::size_t audit_text_bytes_max = 256;
  // Cells that an audit record names an area by.
  std::size_t audit_cells_max = 64;
  // Addresses whose refusals are counted apart, in one minute.
  std::size_t refusal_addresses_max = 1000;
  // Of one address (an IPv6 address counts as its /64), before the hub knows who it is. Not held
  // against anybody while no accounts are configured.
  std::uint32_t address_connections_max = 1'000;
  // Handshakes and HTTP requests; twice as many may come at once.
  std::uint32_t address_requests_per_second_max = 200;
  // Wrong tokens.
  std::uint32_t address_failures_per_minute_max = 30;
  // Enrolment codes tried, in the time that a code is valid.
  std::uint32_t address_enrolments_max = 10;
  // Enrolment codes tried, by all addresses together.
  std::uint32_t enrolments_per_minute_max = 600;
  // Addresses that are remembered, and likewise principals.
  std::uint32_t addresses_max = 65'536;
  std::uint32_t principal_connections_max = 1'000;
  std::uint32_t principal_requests_per_second_max = 200;  // over HTTP, or recorded of its sessions
  // Codes that wait to be used, and how long each may.
  std::uint32_t enrolment_codes_max = 1'000;
  std::uint32_t enrolment_code_ms = 900'000;
  // How long an enrolled device may publish before it is enrolled again.
  std::uint32_t device_token_days = 365;
  // Tokens that are valid at a time.
  std::uint32_t tokens_max = 100'000;
  // Below this much free disk no event is taken, below half of it nothing that is to be recorded.
  std::uint64_t disk_free_bytes_min = 512ULL << 20U;
};

}  // namespace commonwatch
