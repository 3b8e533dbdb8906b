#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "hub/app/command.h"

namespace commonwatch::app {
namespace {

namespace json = boost::json;
using Kind = Argument::Kind;

Error refuse(const std::string& message) {
  return make_error(ErrorCode::kInvalidRequest, message + "; see --help of the command");
}

bool is_texts(const json::value& value) {
  return value.is_array() && std::all_of(value.get_array().begin(), value.get_array().end(),
                                         [](const json::value& one) { return one.is_string(); });
}

bool is_number(const json::value& value) {
  return value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
}

bool fits(Kind kind, const json::value& value) {
  switch (kind) {
    case Kind::kFlag:
      return value.is_bool();
    case Kind::kTexts:
      return is_texts(value);
    case Kind::kNumber:
      return is_number(value);
    case Kind::kText:
    case Kind::kPlace:
      break;
  }
  return value.is_string();
}

const char* describe(Kind kind) {
  switch (kind) {
    case Kind::kFlag:
      return "true or false";
    case Kind::kTexts:
      return "a list of texts";
    case Kind::kNumber:
      return "a whole number from 0";
    case Kind::kText:
    case Kind::kPlace:
      break;
  }
  return "a text";
}

}  // namespace

Result<Arguments> Arguments::read(const std::vector<Argument>& known, std::string_view text) {
  json::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return refuse("arguments are a JSON object");
  for (const auto& [key, given] : value.get_object()) {
    const std::string_view name(key.data(), key.size());
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const Argument& one) { return one.name == name; });
    if (found == known.end()) return refuse("there is no argument " + std::string(name));
    if (!fits(found->kind, given)) {
      return refuse("argument " + found->name + " is " + describe(found->kind));
    }
  }
  for (const Argument& one : known) {
    const bool required = one.required || one.kind == Kind::kPlace;
    if (required && !value.get_object().contains(one.name)) {
      return refuse("argument " + one.name + " is missing");
    }
  }
  Arguments arguments;
  arguments.known_ = known;
  arguments.given_ = value.get_object();
  return arguments;
}

const json::value* Arguments::find(std::string_view name, Kind kind) const {
  const bool is_known = std::any_of(known_.begin(), known_.end(), [&](const Argument& one) {
    return one.name == name &&
           (one.kind == kind || (one.kind == Kind::kPlace && kind == Kind::kText));
  });
  if (!is_known) throw std::logic_error("the command has no such argument: " + std::string(name));
  return given_.if_contains({name.data(), name.size()});
}

bool Arguments::flag(std::string_view name) const {
  const json::value* value = find(name, Kind::kFlag);
  return value != nullptr && value->get_bool();
}

std::string Arguments::text(std::string_view name) const {
  const json::value* value = find(name, Kind::kText);
  return value == nullptr ? std::string() : std::string(value->get_string());
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  std::vector<std::string> all;
  const json::value* value = find(name, Kind::kTexts);
  if (value == nullptr) return all;
  for (const json::value& one : value->get_array()) all.emplace_back(one.get_string());
  return all;
}

std::optional<std::uint64_t> Arguments::number(std::string_view name) const {
  const json::value* value = find(name, Kind::kNumber);
  return value == nullptr ? std::nullopt : std::optional(value->to_number<std::uint64_t>());
}

}  // namespace commonwatch::app
