#include "tests/sim/line.h"

#include <utility>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::sim {
namespace {

std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

bool is_progress(const std::string& bytes) {
  v1::ServerMessage message;
  return message.ParseFromString(bytes) && message.has_progress();
}

// The messages in whole, unmasked WebSocket frames.
void unframe(std::string_view bytes, std::deque<std::string>& messages) {
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t size = static_cast<unsigned char>(bytes[at + 1]);
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (more > 0) size = number_at(bytes, at + 2, more);
    at += 2 + more;
    messages.emplace_back(bytes.substr(at, size));
    at += size;
  }
}

}  // namespace

bool Line::arrive() {
  if (over_ || to_hub_.empty()) return false;
  arrived_.push_back(std::move(to_hub_.front()));
  to_hub_.pop_front();
  if (hub_ != nullptr) hub_->readable_.raise();
  return true;
}

std::optional<std::string> Line::receive() {
  if (to_client_.empty()) return std::nullopt;
  std::string message = std::move(to_client_.front());
  to_client_.pop_front();
  if (hub_ != nullptr) hub_->writable_.raise();
  return message;
}

void Line::drop() {
  over_ = true;
  to_hub_.clear();
  arrived_.clear();
  to_client_.clear();
  if (hub_ == nullptr) return;
  hub_->readable_.raise();
  hub_->writable_.raise();
}

HubEnd::HubEnd(session::Executor executor, std::shared_ptr<Line> line)
    : executor_(executor), line_(std::move(line)), readable_(executor), writable_(executor) {
  line_->hub_ = this;
}

HubEnd::~HubEnd() {
  line_->hub_ = nullptr;
  line_->over_ = true;
}

session::Task<Result<std::string>> HubEnd::read(std::size_t) {
  heard_.listening = true;
  while (line_->arrived_.empty() && !line_->over_) co_await readable_.wait();
  heard_.listening = false;
  if (line_->over_) co_return make_error(ErrorCode::kShuttingDown, "the client is gone");
  std::string message = std::move(line_->arrived_.front());
  line_->arrived_.pop_front();
  ++heard_.signs;
  ++line_->read_;
  co_return message;
}

bool HubEnd::write_now(std::span<const session::Outgoing> messages) {
  if (line_->over_ || line_->to_client_.size() >= Line::kWindow) return false;
  const std::size_t before = line_->to_client_.size();
  for (const session::Outgoing& message : messages) {
    if (message.frames == 0) {
      line_->to_client_.push_back(*message.bytes);
    } else {
      unframe(*message.bytes, line_->to_client_);
    }
  }
  line_->written_ += line_->to_client_.size() - before;
  for (std::size_t at = before + 1; at < line_->to_client_.size(); ++at) {
    const std::string& message = line_->to_client_[at];
    if (message == line_->to_client_[at - 1] && is_progress(message)) line_->repeated_ = true;
  }
  return true;
}

session::Task<bool> HubEnd::write(std::span<const session::Outgoing> messages) {
  while (!line_->over_) {
    if (write_now(messages)) co_return true;
    co_await writable_.wait();
  }
  co_return false;
}

session::Task<void> HubEnd::close(std::optional<wire::CloseCode>) {
  abort();
  co_return;
}

void HubEnd::abort() {
  line_->over_ = true;
  readable_.raise();
  writable_.raise();
}

}  // namespace commonwatch::sim
