#include "hub/session/publisher.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace commonwatch::session {
namespace {

constexpr std::uint32_t kRetryMilliseconds = 1000;

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::kNoSpace || code == ErrorCode::kShuttingDown ||
         code == ErrorCode::kRateLimited || code == ErrorCode::kInternal;
}

}  // namespace

Publisher::Publisher(Services& services, Outbox& outbox, pipeline::Executor executor,
                     wire::Encoding encoding, SharedPrincipal principal,
                     std::function<void(Error)> on_log_failure)
    : services_(services),
      outbox_(outbox),
      executor_(executor),
      encoding_(encoding),
      principal_(std::move(principal)),
      on_log_failure_(std::move(on_log_failure)) {}

Publisher::Source* Publisher::find(std::string_view source) {
  const auto found = sources_.find(source);
  return found == sources_.end() ? nullptr : &found->second;
}

void Publisher::refuse(const Error& error, std::string_view source) {
  wire::ErrorContext context;
  context.source = source;
  context.retryable = is_retryable(error.code) || error.code == ErrorCode::kSequenceGap ||
                      error.code == ErrorCode::kLogRegressed;
  if (is_retryable(error.code)) context.retry_after_ms = kRetryMilliseconds;
  const Source* held = find(source);
  if (error.code == ErrorCode::kSequenceGap && held) context.expected = held->ordered.next();
  services_.metrics.count_error(wire::error_name(error.code));
  outbox_.push(wire::encode(error, context, encoding_));
}

std::optional<storage::SourceHandle> Publisher::let_go(const std::string& source) {
  const auto found = sources_.find(source);
  if (found == sources_.end()) return std::nullopt;
  forget(found->second);
  const storage::SourceHandle handle = found->second.handle;
  sources_.erase(found);
  return handle;
}

void Publisher::forget(Source& source) {
  if (!source.unreported) return;
  rejections_ -= source.unreported->rejections.size();
  source.unreported.reset();
  if (!is_full()) outbox_.drained().raise();
}

pipeline::Task<Result<void>> Publisher::open(wire::OpenSource request) {
  const auto self = shared_from_this();
  if (sources_.size() >= services_.limits->sources_max && !find(request.source)) {
    const Error error = make_error(
        ErrorCode::kRateLimited,
        "a connection may hold " + std::to_string(services_.limits->sources_max) +
            " sources; open another connection",
        "open_source.source");
    refuse(error, request.source);
    co_return error;
  }
  // Opened again on the same connection: the older hold is given up, and nobody needs telling.
  const auto older = let_go(request.source);
  const auto fenced = std::make_shared<std::uint64_t>(0);
  auto opened = co_await pipeline::await_callback<Result<storage::SourceOpened>>(
      executor_, [&](auto done) {
        services_.ingest.open(
            *principal_, request.source, request.acknowledged,
            [weak = weak_from_this(), executor = executor_, source = request.source, fenced] {
              boost::asio::post(executor, [weak, source, fenced] {
                if (const auto publisher = weak.lock()) publisher->fence(source, *fenced);
              });
            },
            std::move(done));
      });
  if (!opened) {
    if (older) services_.ingest.close(*older);
    refuse(opened.error(), request.source);
    co_return opened.error();
  }
  *fenced = opened->handle.fence;
  if (closed_) {
    services_.ingest.close(opened->handle);
    co_return Result<void>();
  }
  const model::Sequence last = opened->last;
  const model::Sequence credit = services_.ingest.credit(last, last);
  sources_[request.source] = Source{opened->handle, last, last, credit, std::nullopt};
  outbox_.push(wire::encode(wire::SourceOpened{opened->handle.source, last, credit}, encoding_));
  co_return Result<void>();
}

Result<void> Publisher::check(const wire::PublishHead& head) const {
  const auto found = sources_.find(head.source);
  if (found == sources_.end()) {
    return make_error(
        ErrorCode::kSourceNotOpen,
        "this connection does not hold " + std::string(head.source) + "; send open_source first",
        "publish.source");
  }
  const Source& source = found->second;
  const auto allowed =
      principal_->may(access::Operation::kPublish, {&source.handle.source, {}, "publish.source"});
  if (!allowed) return allowed;
  if (head.events == 0) {
    return make_error(ErrorCode::kInvalidRequest, "publish holds no events; send at least one",
                      "publish.events");
  }
  if (head.events > services_.limits->batch_events_max) {
    return make_error(ErrorCode::kBatchTooLarge,
                      "a publish may hold " + std::to_string(services_.limits->batch_events_max) +
                          " events; send smaller ones",
                      "publish.events");
  }
  if (head.first == model::Sequence(0)) {
    return make_error(ErrorCode::kInvalidRequest, "sequences begin with 1; number from there",
                      "publish.first_sequence");
  }
  if (head.first.plus(head.events - 1) > source.credit) {
    return make_error(ErrorCode::kCreditExceeded,
                      "sequences up to " + std::to_string(source.credit.value()) +
                          " may be sent; wait for `published` with more credit",
                      "publish.first_sequence");
  }
  return {};
}

pipeline::Task<bool> Publisher::publish(wire::Publish request) {
  const auto self = shared_from_this();
  const std::string name = std::move(request.source);
  const storage::SourceHandle handle = find(name)->handle;
  const model::Sequence last = request.first.plus(request.events.size() - 1);
  ++pending_;
  auto ordered = co_await pipeline::await_callback<Result<void>>(executor_, [&](auto done) {
    services_.ingest.publish(
        *principal_, handle, request.first, std::move(request.events), std::move(done),
        [self, name, fence = handle.fence](Result<storage::Published> result) {
          boost::asio::post(self->executor_,
                            [self, name, fence, result = std::move(result)]() mutable {
                              self->acknowledge(name, fence, std::move(result));
                            });
        });
  });
  if (!ordered) {
    --pending_;
    // The holder was told already that somebody else opened the source.
    if (ordered.error().code != ErrorCode::kFenced || find(name)) refuse(ordered.error(), name);
    co_return false;
  }
  Source* const source = find(name);
  if (source && source->handle.fence == handle.fence) {
    source->ordered = std::max(source->ordered, last);
  }
  co_return true;
}

void Publisher::acknowledge(const std::string& name, std::uint64_t fence,
                            Result<storage::Published> result) {
  --pending_;
  if (!result) {
    if (!closed_) on_log_failure_(result.error());
    return;
  }
  Source* source = find(name);
  if (closed_ || !source || source->handle.fence != fence) return;
  if (!source->unreported) {
    source->unreported.emplace();
    source->unreported->source = source->handle.source;
  }
  rejections_ += result->rejections.size();
  pipeline::merge(*source->unreported, std::move(*result));
  source->durable = std::max(source->durable, source->unreported->last);
  outbox_.wake().raise();
}

SharedBytes Publisher::take_acknowledgement() {
  for (auto& [name, source] : sources_) {
    if (!source.unreported) continue;
    source.credit = services_.ingest.credit(source.durable, source.credit);
    source.unreported->credit = source.credit;
    auto message = share(wire::encode(*source.unreported, encoding_));
    forget(source);
    return message;
  }
  return nullptr;
}

void Publisher::refresh_credit() {
  for (auto& [name, source] : sources_) {
    if (source.unreported) continue;
    if (services_.ingest.credit(source.durable, source.credit) <= source.credit) continue;
    source.unreported.emplace();
    source.unreported->source = source.handle.source;
    source.unreported->last = source.durable;
    outbox_.wake().raise();
  }
}

Result<void> Publisher::check_rights() const {
  for (const auto& [name, source] : sources_) {
    auto allowed =
        principal_->may(access::Operation::kPublish, {&source.handle.source, {}, "publish.source"});
    if (!allowed) return allowed;
  }
  return {};
}

void Publisher::fence(const std::string& name, std::uint64_t fence) {
  const auto found = sources_.find(name);
  if (closed_ || found == sources_.end() || found->second.handle.fence != fence) return;
  let_go(name);
  refuse(make_error(ErrorCode::kFenced,
                    "another connection opened " + name +
                        "; only one may publish to a source, so stop the other one first",
                    "source"),
         name);
}

std::vector<std::string> Publisher::sources() const {
  std::vector<std::string> names;
  for (const auto& [name, source] : sources_) names.push_back(name);
  return names;
}

void Publisher::close() {
  closed_ = true;
  for (const auto& [name, source] : sources_) services_.ingest.close(source.handle);
  sources_.clear();
}

}  // namespace commonwatch::session
