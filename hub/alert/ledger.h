// Who has been woken about which alert: a fold of the paging records of the log. Of each alert and
// target it keeps the last page alone; that is enough to know what is to be sent next.
//
// Pure: no clock, no threads, no I/O. The same records in the same order give the same pages and
// the same checkpoint bytes. Not thread-safe; a copy is independent.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/paging.h"

namespace commonwatch::alert {

struct Page {
  std::string id;
  std::uint32_t alert_version = 0;  // that it is about, with its level and count
  model::Severity level = model::Severity::kUnspecified;
  std::uint32_t count = 0;
  model::PageReason reason = model::PageReason::kUnspecified;
  model::PagingPhase phase = model::PagingPhase::kUnspecified;  // of the last attempt
  std::uint32_t attempts = 0;
  Instant started{};  // wall clock: the first attempt, or when it was held back
  Instant at{};       // wall clock: the last record
  friend bool operator==(const Page&, const Page&) = default;
};

// Attempts follow: it was intended and nobody knows what became of it, or it failed.
inline bool is_under_way(const Page& page) {
  return page.phase == model::PagingPhase::kIntended || page.phase == model::PagingPhase::kFailed;
}

class Ledger {
 public:
  void record(const model::Paging& step);
  // Nothing: this target was never paged about this alert.
  const Page* find(const std::string& alert_id, const std::string& target) const;
  // Forgets the pages of alerts that are gone.
  void keep_if(const std::function<bool(const std::string& alert_id)>& lives);
  std::size_t size() const { return pages_.size(); }

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged or of another format.
  static Result<Ledger> restore(std::string_view checkpoint);

  friend bool operator==(const Ledger&, const Ledger&) = default;

 private:
  std::map<std::pair<std::string, std::string>, Page> pages_;  // by alert id and target
};

}  // namespace commonwatch::alert
