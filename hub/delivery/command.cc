#include "hub/delivery/command.h"

#include <algorithm>
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "hub/delivery/child_process.h"

namespace commonwatch::delivery {
namespace {

using asio::posix::stream_descriptor;
using boost::system::error_code;

// Of what a command prints, the end; and of that, what stands in the log.
constexpr std::size_t kOutputBytesKept = 4096;
constexpr std::size_t kLineBytesMax = 200;
constexpr std::size_t kLastReadsMax = 64;

// Reads along until it is closed: a pipe that is full would stop the command.
class Output : public std::enable_shared_from_this<Output> {
 public:
  Output(const asio::any_io_executor& executor, FileDescriptor pipe)
      : pipe_(executor, pipe.release()) {}

  void read() {
    pipe_.async_read_some(asio::buffer(bytes_),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            if (error) return;
                            self->keep(size);
                            self->read();
                          });
  }

  // What was printed, with what came just before the end. Others may still hold the pipe.
  std::string finish() {
    error_code error;
    for (std::size_t reads = 0; !error && reads < kLastReadsMax; ++reads) {
      keep(pipe_.read_some(asio::buffer(bytes_), error));
    }
    return kept_;
  }
  void close() {
    error_code ignored;
    pipe_.close(ignored);
  }

 private:
  void keep(std::size_t size) {
    kept_.append(bytes_.data(), size);
    if (kept_.size() > kOutputBytesKept) kept_.erase(0, kept_.size() - kOutputBytesKept);
  }

  stream_descriptor pipe_;
  std::array<char, 4096> bytes_{};
  std::string kept_;
};

// Ends the reading however the command ends.
class Reading {
 public:
  Reading(const asio::any_io_executor& executor, FileDescriptor pipe)
      : output_(std::make_shared<Output>(executor, std::move(pipe))) {
    output_->read();
  }
  ~Reading() { output_->close(); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  Output& output() { return *output_; }

 private:
  std::shared_ptr<Output> output_;
};

std::string last_line(std::string output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) output.pop_back();
  const auto begin = output.rfind('\n');
  std::string line = begin == std::string::npos ? output : output.substr(begin + 1);
  line.resize(std::min(line.size(), kLineBytesMax));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c == '\x7f'; }, ' ');
  return line;
}

std::vector<std::string> environment_of(const Message& message) {
  return {"CW_ALERT_ID=" + message.alert_id, "CW_PAGE_ID=" + message.page_id,
          "CW_LEVEL=" + message.level, "CW_ATTEMPT=" + std::to_string(message.attempt)};
}

}  // namespace

asio::awaitable<Outcome> Command::send(const Message& message) {
  auto child = ChildProcess::start(arguments_, environment_of(message), message.body);
  if (!child) co_return Outcome{false, child.error().message};
  const auto executor = co_await asio::this_coro::executor;
  stream_descriptor end(executor, child->take_end().release());
  Reading reading(executor, child->take_output());
  co_await end.async_wait(stream_descriptor::wait_read, asio::use_awaitable);
  std::string reason = child->wait();
  if (reason.empty()) co_return Outcome{true, {}};
  if (const std::string line = last_line(reading.output().finish()); !line.empty()) {
    reason += ": " + line;
  }
  co_return Outcome{false, std::move(reason)};
}

}  // namespace commonwatch::delivery
