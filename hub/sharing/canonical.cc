// From the canonical text back to what was agreed.
#include <algorithm>
#include <charconv>
#include <sstream>

#include "hub/sharing/agreement.h"

namespace commonwatch::sharing {
namespace {

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> listed(const std::string& text) {
  std::vector<std::string> values;
  std::istringstream in(text);
  for (std::string value; std::getline(in >> std::ws, value, ',');) values.push_back(value);
  return values;
}

FieldMask fields(const std::string& text) {
  FieldMask mask;
  for (const std::string& value : listed(text)) {
    if (const auto field = field_of(value)) mask.add(*field);
  }
  return mask;
}

void set(Audience& audience, const std::string& key, const std::string& value) {
  if (key == "cell_level") audience.cell_level = static_cast<int>(number(value));
  if (key == "delay_us") audience.delay = Duration(number(value));
  if (key == "k") audience.k = static_cast<std::uint32_t>(number(value));
  if (key == "persons") audience.persons = value == "true";
  for (const Content content : {Content::kFigures, Content::kHotspots, Content::kEvents}) {
    if (key == "content" && value == name(content)) audience.content = content;
  }
}

void set(Term& term, const std::string& key, const std::string& value) {
  if (key == "cell_level") term.cell_level = static_cast<int>(number(value));
  if (key == "delay_us") term.delay = Duration(number(value));
  if (key == "fields") term.fields = fields(value);
  if (key == "keep_days") term.keep_days = static_cast<std::int32_t>(number(value));
  if (key == "purposes") term.purposes = listed(value);
  if (key == "skeleton_days") term.skeleton_days = static_cast<std::int32_t>(number(value));
  if (key == "time_rounding_us") term.time_rounding = Duration(number(value));
}

template <class Item, class Name>
Item& find_or_add(std::vector<Item>& items, Name Item::*member, const std::string& name) {
  const auto found = std::ranges::find(items, name, member);
  if (found != items.end()) return *found;
  items.emplace_back().*member = name;
  return items.back();
}

// The lines of an audience stand before the one that says their order.
void put_in_order(const std::vector<std::string>& ids, std::vector<Audience>& audiences) {
  std::ptrdiff_t placed = 0;
  for (const std::string& id : ids) {
    find_or_add(audiences, &Audience::id, id);
    const auto rest = audiences.begin() + placed;
    const auto found = std::find_if(rest, audiences.end(),
                                    [&](const Audience& audience) { return audience.id == id; });
    if (found == audiences.end()) continue;  // listed twice
    std::rotate(rest, found, found + 1);
    ++placed;
  }
}

void read_line(const std::string& key, const std::string& value, Settings& settings) {
  constexpr std::string_view kAudience = "sharing.audience.";
  constexpr std::string_view kAgreement = "sharing.agreement.";
  const std::size_t dot = key.rfind('.');
  if (key == "sharing.audiences" && value != kOpenAudience) {
    put_in_order(listed(value), settings.audiences);
  } else if (key.starts_with(kAudience)) {
    const std::string id = key.substr(kAudience.size(), dot - kAudience.size());
    set(find_or_add(settings.audiences, &Audience::id, id), key.substr(dot + 1), value);
  } else if (key.starts_with(kAgreement)) {
    constexpr std::string_view kTerm = ".term.";
    const std::size_t term = key.rfind(kTerm);
    const std::size_t end = term == key.npos ? dot : term;
    const std::string partner = key.substr(kAgreement.size(), end - kAgreement.size());
    Agreement& agreement = find_or_add(settings.agreements, &Agreement::partner, partner);
    if (term == key.npos) return;
    const std::size_t begin = term + kTerm.size();
    const std::string audience = key.substr(begin, dot - begin);
    set(find_or_add(agreement.terms, &Term::audience, audience), key.substr(dot + 1), value);
  }
}

}  // namespace

Settings Settings::of_canonical(std::string_view text) {
  constexpr std::string_view kEquals = " = ";
  Settings settings;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find(kEquals);
    if (equals == line.npos) continue;
    read_line(std::string(line.substr(0, equals)),
              std::string(line.substr(equals + kEquals.size())), settings);
  }
  return settings;
}

}  // namespace commonwatch::sharing
