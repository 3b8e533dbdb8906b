#include "hub/wire/type_table.h"

#include <google/protobuf/util/type_resolver_util.h>

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "commonwatch/v1/stream.pb.h"

namespace commonwatch::wire {
namespace {

namespace pb = google::protobuf;

constexpr const char* kUrlPrefix = "type.googleapis.com";

std::string url_of(const std::string& full_name) { return kUrlPrefix + ('/' + full_name); }

class TypeTable final : public pb::util::TypeResolver {
 public:
  // stream.proto reaches all others.
  TypeTable() { add(*v1::ServerMessage::descriptor()->file()); }

  pb::util::Status ResolveMessageType(const std::string& url, pb::Type* type) override {
    const auto found = messages_.find(url);
    if (found == messages_.end()) return made_->ResolveMessageType(url, type);
    *type = found->second;
    return {};
  }
  pb::util::Status ResolveEnumType(const std::string& url, pb::Enum* type) override {
    const auto found = enums_.find(url);
    if (found == enums_.end()) return made_->ResolveEnumType(url, type);
    *type = found->second;
    return {};
  }

 private:
  void add(const pb::FileDescriptor& file) {
    if (!files_.insert(&file).second) return;
    for (int i = 0; i < file.dependency_count(); ++i) add(*file.dependency(i));
    for (int i = 0; i < file.message_type_count(); ++i) add(*file.message_type(i));
    for (int i = 0; i < file.enum_type_count(); ++i) add(*file.enum_type(i));
  }
  void add(const pb::Descriptor& message) {
    const std::string url = url_of(message.full_name());
    if (!made_->ResolveMessageType(url, &messages_[url]).ok()) messages_.erase(url);
    for (int i = 0; i < message.nested_type_count(); ++i) add(*message.nested_type(i));
    for (int i = 0; i < message.enum_type_count(); ++i) add(*message.enum_type(i));
  }
  void add(const pb::EnumDescriptor& values) {
    const std::string url = url_of(values.full_name());
    if (!made_->ResolveEnumType(url, &enums_[url]).ok()) enums_.erase(url);
  }

  // Makes what is in the table, and what is not.
  std::unique_ptr<pb::util::TypeResolver> made_{
      pb::util::NewTypeResolverForDescriptorPool(kUrlPrefix, pb::DescriptorPool::generated_pool())};
  std::unordered_set<const pb::FileDescriptor*> files_;
  std::unordered_map<std::string, pb::Type> messages_;
  std::unordered_map<std::string, pb::Enum> enums_;
};

}  // namespace

pb::util::TypeResolver& type_table() {
  static TypeTable table;
  return table;
}

std::string type_url(const pb::Message& message) {
  return url_of(message.GetDescriptor()->full_name());
}

}  // namespace commonwatch::wire
