// The publishing side of a session: sources held open, events handed to ingest, acknowledgements.
// On the session's io_context; callbacks of the log come back to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/session/authentication.h"
#include "hub/session/outbox.h"
#include "hub/session/services.h"
#include "hub/wire/server_message.h"

namespace commonwatch::session {

class Publisher : public std::enable_shared_from_this<Publisher> {
 public:
  Publisher(Services& services, Outbox& outbox, pipeline::Executor executor,
            wire::Encoding encoding, SharedPrincipal principal,
            std::function<void(Error)> on_log_failure);

  // Answers the client, and says what it answered.
  pipeline::Task<Result<void>> open(wire::OpenSource request);
  // Whether a publish would be taken, before its events are decoded. Nothing, or what `refuse` is
  // to tell the client.
  Result<void> check(const wire::PublishHead& head) const;
  void refuse(const Error& error, std::string_view source);
  // Of one that `check` allows. Returns once the place of the events in the log is fixed; false:
  // they were refused, and the client was told.
  pipeline::Task<bool> publish(wire::Publish request);

  // Its rights have changed.
  void set_principal(SharedPrincipal principal) { principal_ = std::move(principal); }
  // Whether it still may publish to every source that it holds. kForbidden.
  Result<void> check_rights() const;

  // What became durable since the last call, of one source, encoded; nothing if there is none.
  SharedBytes take_acknowledgement();
  // Tells credit that grew while nothing was acknowledged. Once a second.
  void refresh_credit();
  // It has as many rejections to tell as may wait.
  bool is_full() const { return rejections_ >= kRejectionsMax; }
  // Events that were ordered and are not acknowledged.
  bool has_pending() const { return pending_ != 0; }
  // Those it holds, in order of name.
  std::vector<std::string> sources() const;
  // Lets go of every source. What was submitted still becomes durable; nobody is told.
  void close();

 private:
  static constexpr std::size_t kRejectionsMax = 1000;

  struct Source {
    storage::SourceHandle handle;
    model::Sequence ordered;  // the last sequence whose place is fixed
    model::Sequence durable;
    model::Sequence credit;                     // as the client was told
    std::optional<wire::Published> unreported;  // durable, and the client was not told
  };

  Source* find(std::string_view source);
  // Of what it has to tell of the source.
  void forget(Source& source);
  // Forgets the source, and gives what it was held by.
  std::optional<storage::SourceHandle> let_go(const std::string& source);
  void acknowledge(const std::string& source, std::uint64_t fence,
                   Result<storage::Published> result);
  void fence(const std::string& source, std::uint64_t fence);

  Services& services_;
  Outbox& outbox_;
  pipeline::Executor executor_;
  wire::Encoding encoding_;
  SharedPrincipal principal_;
  std::function<void(Error)> on_log_failure_;
  std::map<std::string, Source, std::less<>> sources_;
  std::size_t pending_ = 0;
  std::size_t rejections_ = 0;  // unreported, of all sources
  bool closed_ = false;
};

}  // namespace commonwatch::session
