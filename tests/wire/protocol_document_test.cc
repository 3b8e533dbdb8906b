// Holds docs/PROTOCOL.md to what the hub does: its tables to the schema and the defaults, its
// example to the schema and to decoding.
#include <google/protobuf/util/json_util.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "commonwatch/v1/stream.pb.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::wire {
namespace {

// Beside this file, or above the folder that the test runs in: ccache may have made the name of
// this file relative to a folder that is not known here.
std::filesystem::path document_path() {
  auto folder = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  if (folder.is_relative()) folder = std::filesystem::current_path();
  while (!std::filesystem::exists(folder / "docs/PROTOCOL.md") && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder / "docs/PROTOCOL.md";
}

std::vector<std::string> document_lines() {
  const auto path = document_path();
  std::ifstream file(path);
  INFO("reading " << path);
  REQUIRE(file.is_open());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string trimmed(std::string cell) {
  const auto drop = [](char c) { return c == ' ' || c == '`'; };
  while (!cell.empty() && drop(cell.back())) cell.pop_back();
  while (!cell.empty() && drop(cell.front())) cell.erase(cell.begin());
  return cell;
}

// First two columns of the tables under a heading, without their heads.
std::map<std::string, std::string> table_under(const std::string& heading) {
  std::map<std::string, std::string> rows;
  bool inside = false;
  for (const std::string& line : document_lines()) {
    if (line.rfind("## ", 0) == 0) inside = line == "## " + heading;
    if (!inside || line.rfind("| ", 0) != 0) continue;
    std::istringstream cells(line.substr(1));
    std::string first;
    std::string second;
    std::getline(cells, first, '|');
    std::getline(cells, second, '|');
    const bool fresh = rows.emplace(trimmed(first), trimmed(second)).second;
    CHECK(fresh);
  }
  return rows;
}

std::vector<std::string> spoken(char who) {
  std::vector<std::string> messages;
  for (const std::string& line : document_lines()) {
    if (line.size() > 2 && line[0] == who && line[1] == ' ' && line[2] == '{') {
      messages.push_back(line.substr(2));
    }
  }
  return messages;
}

TEST_CASE("the document's table of errors is the catalogue of error.proto") {
  std::map<std::string, std::string> catalogue{{"number", "code"}};
  const auto& type = *v1::ErrorCode_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    catalogue[std::to_string(number)] = std::string(error_name(static_cast<ErrorCode>(number)));
  }
  CHECK(table_under("Errors") == catalogue);
}

TEST_CASE("the document's table of close codes is the catalogue of error.proto") {
  std::map<std::string, std::string> catalogue{{"number", "name"}};
  const auto& type = *v1::CloseCode_descriptor();
  for (int i = 1; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    catalogue[std::to_string(number)] = std::string(close_name(static_cast<CloseCode>(number)));
  }
  CHECK(table_under("Close codes") == catalogue);
}

TEST_CASE("the document's table of limits states what welcome states") {
  v1::ServerMessage message;
  REQUIRE(message.ParseFromString(encode(Welcome{}, Encoding::kBinary)));
  const v1::Limits& limits = message.welcome().limits();
  std::map<std::string, std::string> stated{{"limit", "default"}};
  const auto& type = *v1::Limits::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto* field = type.field(i);
    const auto& reflection = *limits.GetReflection();
    const std::uint64_t value =
        field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT64
            ? reflection.GetUInt64(limits, field)
            : reflection.GetUInt32(limits, field);
    stated[field->name()] = std::to_string(value);
  }
  CHECK(table_under("Limits") == stated);
}

TEST_CASE("what the client says in the document's example is decoded, events and all") {
  const auto messages = spoken('>');
  CHECK(messages.size() >= 6);
  for (const std::string& text : messages) {
    INFO(text);
    const auto decoded = decode_client_message(text, Encoding::kJson, Limits());
    REQUIRE(decoded.has_value());
    if (const auto* publish = std::get_if<Publish>(&*decoded)) {
      for (const DecodedEvent& event : publish->events) CHECK(!event.refusal);
    }
  }
}

TEST_CASE("what the hub says in the document's example fits the schema and covers its messages") {
  std::map<int, int> seen;
  for (const std::string& text : spoken('<')) {
    INFO(text);
    v1::ServerMessage message;
    const auto status = google::protobuf::util::JsonStringToMessage(text, &message);
    INFO(status.ToString());
    REQUIRE(status.ok());
    ++seen[message.message_case()];
  }
  CHECK(static_cast<int>(seen.size()) == v1::ServerMessage::descriptor()->field_count() - 1);
}

TEST_CASE("the rejection in the document's example is what validation says") {
  const std::string text = spoken('>').at(2);
  const auto decoded = decode_client_message(text, Encoding::kJson, Limits());
  REQUIRE(decoded.has_value());
  const model::Event& event = std::get<Publish>(*decoded).events.at(1).event;
  const auto valid = model::validate(event, Limits(), event.occurred_at);
  REQUIRE(valid.has_error());
  v1::ServerMessage answer;
  REQUIRE(google::protobuf::util::JsonStringToMessage(spoken('<').at(2), &answer).ok());
  const v1::Rejection& rejection = answer.published().rejections(0);
  CHECK(rejection.code() == static_cast<int>(valid.error().code));
  CHECK(rejection.field() == valid.error().field);
  CHECK(rejection.message() == valid.error().message);
}

}  // namespace
}  // namespace commonwatch::wire
