#include "hub/alert/ledger.h"

#include "hub/base/byte_stream.h"

namespace commonwatch::alert {
namespace {

using Writer = commonwatch::ByteWriter;
using Reader = commonwatch::ByteReader;

constexpr std::uint8_t kFormat = 1;
// Fewer bytes than any page takes, with the names of alert and target.
constexpr std::size_t kPageBytesMin = 48;

void put(Writer& writer, const Page& page) {
  writer.put_text(page.id);
  writer.put(page.alert_version);
  writer.put(page.level);
  writer.put(page.count);
  writer.put(page.reason);
  writer.put(page.phase);
  writer.put(page.attempts);
  writer.put_instant(page.started);
  writer.put_instant(page.at);
}

template <class Enumeration>
Enumeration get_enumeration(Reader& reader, Enumeration last) {
  const auto value = reader.get<std::uint8_t>();
  reader.require(value <= static_cast<std::uint8_t>(last));
  return static_cast<Enumeration>(value);
}

Page get_page(Reader& reader) {
  Page page;
  page.id = reader.get_text();
  page.alert_version = reader.get<std::uint32_t>();
  page.level = get_enumeration(reader, model::Severity::kAlert);
  page.count = reader.get<std::uint32_t>();
  page.reason = get_enumeration(reader, model::PageReason::kEscalated);
  page.phase = get_enumeration(reader, model::PagingPhase::kHeldBack);
  page.attempts = reader.get<std::uint32_t>();
  page.started = reader.get_instant();
  page.at = reader.get_instant();
  return page;
}

}  // namespace

void Ledger::record(const model::Paging& step) {
  Page& page = pages_[{step.alert_id, step.target}];
  const bool was_held = page.phase == model::PagingPhase::kHeldBack;
  if (page.id != step.page_id || was_held) page.started = step.at;
  page.id = step.page_id;
  page.alert_version = step.alert_version;
  page.level = step.level;
  page.count = step.count;
  page.reason = step.reason;
  page.phase = step.phase;
  page.attempts = step.attempt;
  page.at = step.at;
}

const Page* Ledger::find(const std::string& alert_id, const std::string& target) const {
  const auto found = pages_.find({alert_id, target});
  return found == pages_.end() ? nullptr : &found->second;
}

void Ledger::keep_if(const std::function<bool(const std::string&)>& lives) {
  std::erase_if(pages_, [&](const auto& page) { return !lives(page.first.first); });
}

std::string Ledger::checkpoint() const {
  Writer writer;
  writer.put(kFormat);
  writer.put_length(pages_.size());
  for (const auto& [names, page] : pages_) {
    writer.put_text(names.first);
    writer.put_text(names.second);
    put(writer, page);
  }
  return writer.finish();
}

Result<Ledger> Ledger::restore(std::string_view checkpoint) {
  Reader reader(checkpoint);
  reader.require(reader.get<std::uint8_t>() == kFormat);
  Ledger ledger;
  for (std::size_t left = reader.get_length(kPageBytesMin); left > 0; --left) {
    std::string alert_id(reader.get_text());
    std::string target(reader.get_text());
    Page page = get_page(reader);
    const auto [at, is_new] =
        ledger.pages_.try_emplace({std::move(alert_id), std::move(target)}, std::move(page));
    reader.require(is_new && std::next(at) == ledger.pages_.end());
  }
  if (!reader.is_whole()) {
    return make_error(ErrorCode::kInternal,
                      "the checkpoint of the pages is damaged or of another format; the log is "
                      "folded again from an older one");
  }
  return ledger;
}

}  // namespace commonwatch::alert
