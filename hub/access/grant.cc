#include "hub/access/grant.h"

#include <algorithm>
#include <array>
#include <utility>

namespace commonwatch::access {
namespace {

constexpr auto kNames = std::to_array<std::pair<Operation, std::string_view>>({
    {Operation::kPublish, "publish"},
    {Operation::kSubscribe, "subscribe"},
    {Operation::kReplayEvents, "replay_events"},
    {Operation::kReplayHotspots, "replay_hotspots"},
    {Operation::kReplayAs, "replay_as"},
    {Operation::kAcknowledge, "acknowledge"},
    {Operation::kOperate, "operate"},
    {Operation::kEnrol, "enrol"},
});

}  // namespace

std::string_view operation_name(Operation operation) {
  return kNames[static_cast<std::size_t>(operation)].second;
}

std::optional<Operation> parse_operation(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &decltype(kNames)::value_type::second);
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

std::optional<SourcePattern> SourcePattern::parse(std::string_view text) {
  if (text == "*") return SourcePattern("*");
  const bool open_ended = text.ends_with('*');
  // With a letter in the star's place it must be the name of a source.
  std::string sample(open_ended ? text.substr(0, text.size() - 1) : text);
  if (open_ended) sample += 'x';
  if (!model::SourceName::parse(sample)) return std::nullopt;
  return SourcePattern(std::string(text));
}

SourcePattern SourcePattern::of_partner(std::string_view partner) {
  return SourcePattern(std::string(partner) + "/*");
}

SourcePattern SourcePattern::exactly(const model::SourceName& source) {
  return SourcePattern(source.text());
}

bool SourcePattern::matches(const model::SourceName& source) const {
  if (!text_.ends_with('*')) return source.text() == text_;
  return source.text().starts_with(std::string_view(text_).substr(0, text_.size() - 1));
}

bool SourcePattern::covers_partner(std::string_view partner) const {
  return text_ == "*" || text_ == std::string(partner) + "/*";
}

bool SourcePattern::belongs_to(std::string_view partner) const {
  return text_.starts_with(std::string(partner) + "/");
}

bool is_code(std::string_view text) {
  // The rule for the first half of a source's name.
  return model::SourceName::parse(std::string(text) + "/x").has_value();
}

}  // namespace commonwatch::access
