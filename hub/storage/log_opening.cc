// The writer's sources: who holds which.
#include "hub/storage/log_writer.h"

namespace commonwatch::storage {
namespace {

Error busy(const model::SourceName& source) {
  return make_error(ErrorCode::kSourceBusy,
                    source.text() +
                        " is held by a session or by another request; publish there, or wait "
                        "until it is given up",
                    "source");
}

}  // namespace

void LogWriter::order(OpenRequest& request) {
  Source* const held = parts_.sources.find(request.source);
  if (request.only_if_free && held != nullptr && held->open) {
    request.opened(busy(request.source));
    return;
  }
  Source& source = held != nullptr ? *held : parts_.sources.find_or_add(request.source);
  source.fence = ++fences_;
  parts_.time.events().forget(source.number);
  const bool regressed = request.acknowledged > source.last;
  const SourceOpened opened{{source.name, source.fence}, source.last};
  regressed ? parts_.sources.close(source) : parts_.sources.open(source);
  answers_.push_back([regressed, acknowledged = request.acknowledged, opened,
                      answer = std::move(request.opened)](const auto& failure) {
    if (failure) {
      answer(*failure);
    } else if (regressed) {
      answer(make_error(
          ErrorCode::kLogRegressed,
          opened.handle.source.text() + " saw sequence " + std::to_string(acknowledged.value()) +
              " acknowledged, the log ends at " + std::to_string(opened.last.value()) +
              ": the hub lost data; send again from the spool"));
    } else {
      answer(opened);
    }
  });
}

void LogWriter::order(CloseRequest& request) {
  Source* const source = parts_.sources.find(request.handle.source);
  if (source == nullptr || !source->open || source->fence != request.handle.fence) return;
  parts_.time.events().forget(source->number);
  parts_.sources.close(*source);
  const bool last = parts_.sources.open_count() == 0;
  if (parts_.time.mode() == ClockMode::kEvents && last && !ended_) {
    append_hub_payload(parts_.options.end_payload, true);
  }
}

}  // namespace commonwatch::storage
