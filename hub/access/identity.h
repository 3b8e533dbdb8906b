// All that decides who may come in, together: what sessions, HTTP routes and the operator share.
// Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "hub/access/admission.h"
#include "hub/access/directory.h"
#include "hub/access/enrolment.h"
#include "hub/access/refusal_log.h"
#include "hub/access/token_store.h"

namespace commonwatch::access {

class Identity {
 public:
  // `file` and `limits` outlive it. Reads the tokens; throws Failure if they are damaged.
  Identity(std::vector<Account> accounts, std::vector<std::string> origins, TokenFile& file,
           const Limits& limits)
      : directory(std::move(accounts)),
        tokens(file, directory, limits),
        enrolments(limits),
        admission(limits),
        refusals(limits) {
    set_origins(std::move(origins));
    if (auto loaded = tokens.load(); !loaded) throw Failure(loaded.error());
  }

  // Pages of other origins that may speak to the hub (`listen.origins`).
  std::shared_ptr<const std::vector<std::string>> origins() const {
    const std::lock_guard lock(mutex_);
    return origins_;
  }
  void set_origins(std::vector<std::string> origins) {
    auto next = std::make_shared<const std::vector<std::string>>(std::move(origins));
    const std::lock_guard lock(mutex_);
    origins_ = std::move(next);
  }

  Directory directory;
  TokenStore tokens;
  Enrolments enrolments;
  Admission admission;
  RefusalLog refusals;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<std::string>> origins_;
};

}  // namespace commonwatch::access
