// SHA-256 over bytes as they come.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace commonwatch::cli {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  // Lower-case hexadecimal; ends the hash.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::cli
