// Where a command of the operator writes: the terminal, or the socket of whoever asked.
#pragma once

#include <string_view>

namespace commonwatch::server {

class OperatorOutput {
 public:
  virtual ~OperatorOutput() = default;

  // Text in lines. Blocks while the reader is slow. False: nobody reads any more.
  virtual bool write(std::string_view text) = 0;
  // False once nobody waits for the rest, or the hub stops: a long command looks at it now and then
  // and ends early. Any thread.
  virtual bool is_wanted() const = 0;
};

}  // namespace commonwatch::server
