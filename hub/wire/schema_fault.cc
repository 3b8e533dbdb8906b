#include "hub/wire/schema_fault.h"

#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <vector>

#include "hub/wire/json_text.h"
#include "hub/wire/parse.h"
#include "hub/wire/type_table.h"

namespace commonwatch::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kQuotedBytesMax = 64;
constexpr std::size_t kExplanationBytesMax = 240;

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

Error unknown_field(const std::string& path) {
  return make_error(ErrorCode::kUnknownField,
                    path + " is not in the schema; remove it, or ask for a hub that knows it",
                    path);
}

Error unknown_value(const std::string& path, const std::string& value, const EnumDescriptor& type) {
  return make_error(ErrorCode::kUnknownValue,
                    path + " has the value " + value + ", which " + type.name() +
                        " does not have; use one of its values",
                    path);
}

Error misfit(const std::string& path, const std::string& expected) {
  return make_error(ErrorCode::kEventMalformed,
                    (path.empty() ? "the message" : path) + " must be " + expected + "; correct it",
                    path);
}

// --- messages --------------------------------------------------------------------------------

std::optional<Error> find_fault(const Message& message, const std::string& path);

std::optional<Error> find_enum_fault(const Message& message, const FieldDescriptor& field,
                                     const std::string& path) {
  const auto& reflection = *message.GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count; ++i) {
    const int value = field.is_repeated() ? reflection.GetRepeatedEnumValue(message, &field, i)
                                          : reflection.GetEnumValue(message, &field);
    if (field.enum_type()->FindValueByNumber(value) == nullptr) {
      return unknown_value(path, std::to_string(value), *field.enum_type());
    }
  }
  return std::nullopt;
}

std::optional<Error> find_message_fault(const Message& message, const FieldDescriptor& field,
                                        const std::string& path) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) return find_fault(reflection.GetMessage(message, &field), path);
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    auto fault = find_fault(reflection.GetRepeatedMessage(message, &field, i), path);
    if (fault) return fault;
  }
  return std::nullopt;
}

std::optional<Error> find_fault(const Message& message, const std::string& path) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  if (!unknown.empty()) return unknown_field(join(path, std::to_string(unknown.field(0).number())));
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    std::optional<Error> fault;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      fault = find_enum_fault(message, *field, join(path, field->name()));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      fault = find_message_fault(message, *field, join(path, field->name()));
    }
    if (fault) return fault;
  }
  return std::nullopt;
}

// --- JSON ------------------------------------------------------------------------------------

std::optional<Error> find_fault(const boost::json::value& json, const Descriptor& type,
                                const std::string& path);

const FieldDescriptor* find_field(const Descriptor& type, std::string_view name) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->json_name() == name || field->name() == name) return field;
  }
  return nullptr;
}

// One value of a field: of a repeated one, an element.
std::optional<Error> find_value_fault(const boost::json::value& json, const FieldDescriptor& field,
                                      const std::string& path) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (field.message_type()->full_name() == "google.protobuf.Timestamp") {
      if (json.is_string()) return std::nullopt;
      return misfit(path, "a time in RFC 3339, such as \"2016-03-11T09:09:00Z\"");
    }
    return find_fault(json, *field.message_type(), path);
  }
  if (json.is_structured() || json.is_null()) return misfit(path, "a single value");
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && json.is_string()) {
    const std::string name(json.get_string());
    if (field.enum_type()->FindValueByName(name) == nullptr) {
      return unknown_value(path, shorten(name, kQuotedBytesMax), *field.enum_type());
    }
  }
  return std::nullopt;
}

std::optional<Error> find_member_fault(const boost::json::value& json, const FieldDescriptor& field,
                                       const std::string& path) {
  if (json.is_null()) return std::nullopt;  // proto3 JSON: the same as absent
  if (!field.is_repeated()) return find_value_fault(json, field, path);
  if (!json.is_array()) return misfit(path, "an array");
  for (const auto& element : json.get_array()) {
    if (auto fault = find_value_fault(element, field, path)) return fault;
  }
  return std::nullopt;
}

std::optional<Error> find_fault(const boost::json::value& json, const Descriptor& type,
                                const std::string& path) {
  if (!json.is_object()) return misfit(path, "an object");
  for (const auto& member : json.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    const FieldDescriptor* field = find_field(type, name);
    if (field == nullptr) return unknown_field(join(path, shorten(name, kQuotedBytesMax)));
    if (auto fault = find_member_fault(member.value(), *field, join(path, field->name()))) {
      return fault;
    }
  }
  return std::nullopt;
}

// protobuf's explanations begin with the path in brackets: `(overdose.persons[1].sex): ...`.
std::string path_in(std::string_view explanation) {
  if (explanation.empty() || explanation.front() != '(') return {};
  std::string path;
  bool in_index = false;
  for (const char c : explanation.substr(1, explanation.find(')') - 1)) {
    if (c == '[') in_index = true;
    if (!in_index) path += c;
    if (c == ']') in_index = false;
  }
  return path;
}

}  // namespace

std::optional<Error> find_schema_fault(const Message& message) { return find_fault(message, {}); }

std::optional<Error> find_schema_fault(const boost::json::value& json, const Descriptor& type) {
  return find_fault(json, type, {});
}

std::optional<Error> convert_json(std::string_view text, Message& message) {
  std::string binary;
  const auto status = google::protobuf::util::JsonToBinaryString(
      &type_table(), type_url(message), {text.data(), text.size()}, &binary);
  if (status.ok() && parse_binary(binary, message)) return std::nullopt;
  const std::string explanation =
      status.ok() ? "it holds text that is not Unicode" : std::string(status.message());
  return make_error(
      ErrorCode::kEventMalformed,
      "the JSON does not fit the schema: " +
          shorten(explanation.substr(0, explanation.find('\n')), kExplanationBytesMax) +
          "; correct it",
      path_in(explanation));
}

}  // namespace commonwatch::wire
