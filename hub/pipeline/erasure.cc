#include "hub/pipeline/erasure.h"

#include <future>
#include <utility>

#include "hub/wire/hub_event.h"

namespace commonwatch::pipeline {
namespace {

// Whether an operator's decision names the record.
bool names(const std::string& payload, const model::SourceName& source,
           const std::string& record_id) {
  const auto event = wire::decode_hub_event(payload);
  const auto* const decided = event ? std::get_if<wire::Decided>(&*event) : nullptr;
  if (decided == nullptr) return false;
  const auto* const pair = std::get_if<model::PairDecision>(&decided->decision.subject);
  if (pair == nullptr) return false;
  const auto is = [&](const auto& name) {
    return name.source == source && name.record_id == record_id;
  };
  return is(pair->first) || is(pair->second);
}

}  // namespace

void erase_record(storage::EventLog& log, const std::string& source, const std::string& record_id,
                  const std::string& principal, storage::EventLog::ErasedCallback erased) {
  const auto name = model::SourceName::parse(source);
  if (!name) {
    return erased(make_error(ErrorCode::kSourceInvalid,
                             "'" + source + "' is no source; write PARTNER/SOURCE", "source"));
  }
  log.erase(
      *name, record_id,
      [name = *name, principal](const model::RecordKey& record, std::uint64_t events) {
        return wire::encode_hub_event(wire::Erasure{name, record, events, principal});
      },
      [name = *name, record_id](const std::string& payload) {
        return names(payload, name, record_id);
      },
      std::move(erased));
}

Result<storage::Erased> erase_record(storage::EventLog& log, const std::string& source,
                                     const std::string& record_id, const std::string& principal) {
  std::promise<Result<storage::Erased>> answer;
  erase_record(log, source, record_id, principal,
               [&answer](Result<storage::Erased> erased) { answer.set_value(std::move(erased)); });
  return answer.get_future().get();
}

}  // namespace commonwatch::pipeline
