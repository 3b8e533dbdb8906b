#include "hub/wire/enrolment.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <utility>

#include "hub/wire/json_text.h"

namespace commonwatch::wire {
namespace {

constexpr std::size_t kTextBytesMax = 128;

// The members that are named, each a text; any other one is an error.
Result<void> read_members(
    std::string_view body,
    std::initializer_list<std::pair<std::string_view, std::string*>> members) {
  const auto json = parse_json(body);
  if (!json || !json->is_object()) {
    return make_error(ErrorCode::kMalformedMessage, "the body is not an object in JSON");
  }
  for (const auto& member : json->get_object()) {
    const std::string name(member.key());
    std::string* place = nullptr;
    for (const auto& [known, value] : members) {
      if (known == name) place = value;
    }
    if (!place) {
      return make_error(ErrorCode::kInvalidRequest, "there is no such member; see docs/PROTOCOL.md",
                        shorten(name, kTextBytesMax));
    }
    if (!member.value().is_string() || member.value().get_string().size() > kTextBytesMax) {
      return make_error(ErrorCode::kInvalidRequest,
                        "must be a text of at most " + std::to_string(kTextBytesMax) + " bytes",
                        name);
    }
    place->assign(member.value().get_string().begin(), member.value().get_string().end());
  }
  return {};
}

std::string write(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  boost::json::object object;
  for (const auto& [name, value] : members) {
    object[{name.data(), name.size()}] = boost::json::string_view(value.data(), value.size());
  }
  return boost::json::serialize(object) + "\n";
}

}  // namespace

Result<EnrolmentCodeRequest> read_enrolment_code_request(std::string_view body) {
  EnrolmentCodeRequest request;
  if (trim_json(body).empty()) return request;
  auto read = read_members(body, {{"partner", &request.partner}, {"group", &request.group}});
  if (!read) return read.error();
  return request;
}

Result<std::string> read_enrol_request(std::string_view body) {
  std::string code;
  if (auto read = read_members(body, {{"code", &code}}); !read) return read.error();
  if (code.empty()) {
    return make_error(ErrorCode::kInvalidRequest,
                      "the code is missing; send {\"code\": \"ABCD-EFGH\"}", "code");
  }
  return code;
}

std::string encode_enrolment_code(std::string_view code, std::string_view group, Instant expires) {
  return write({{"code", code}, {"group", group}, {"expiresAt", to_rfc3339(expires)}});
}

std::string encode_enrolled(std::string_view token, std::string_view source, Instant expires) {
  return write({{"token", token}, {"source", source}, {"expiresAt", to_rfc3339(expires)}});
}

}  // namespace commonwatch::wire
