// What the process tells its caller.
#pragma once

#include "clients/cpp/fault.h"

namespace commonwatch::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kSomeRejected = 3,
  kNoRight = 4,
  kUnreachable = 5,
  kPositionLost = 6,
  kBadInput = 7,
};

inline ExitCode exit_code_of(const client::Fault& fault) {
  switch (fault.kind) {
    case client::FaultKind::kUnreachable:
      return kUnreachable;
    case client::FaultKind::kNoRight:
      return kNoRight;
    case client::FaultKind::kPositionLost:
      return kPositionLost;
    case client::FaultKind::kBadInput:
      return kBadInput;
    case client::FaultKind::kFailed:
    case client::FaultKind::kStopped:
    case client::FaultKind::kFenced:
      return kFailed;
  }
  return kFailed;
}

}  // namespace commonwatch::cli
