// Bytes that are made once and shared by all that send them.
#pragma once

#include <memory>
#include <string>
#include <utility>

namespace commonwatch {

using SharedBytes = std::shared_ptr<const std::string>;

inline SharedBytes share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace commonwatch
