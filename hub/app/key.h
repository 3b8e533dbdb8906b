// One key of the configuration, of a table whose values live in a T: how it is read, printed and
// described. Used alike for [limits] and the like, where T is the whole configuration, and for the
// rows of [[page]] and the like, where T is one row.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace commonwatch::app {

// When a changed value counts, once the file is read again.
enum class Effect {
  kAtOnce,
  kNewEpoch,  // at once: the hotspots are computed anew, in a new engine epoch
  kRestart,   // from the next start on
};

template <class T>
struct Key {
  std::string name;         // within its table
  std::string description;  // a sentence, with unit and range
  // Sets it; false: the value is not of the type or range that the description states.
  std::function<bool(T&, const toml::node&)> read;
  // As TOML; empty: not given.
  std::function<std::string(const T&)> print;
  Effect effect = Effect::kAtOnce;
};

// A basic string of TOML.
inline std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      quoted += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
    quoted += escaped;
  }
  return quoted + "\"";
}

inline std::string print_number(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  const std::string printed = text;
  return printed.find_first_of(".e") == std::string::npos ? printed + ".0" : printed;
}

inline std::string print_list(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + quote(value);
  return "[" + list + "]";
}

// --- the kinds of keys. `member(value)` gives a reference to where it lives in a T.
// ----------------

template <class T, class Member>
Key<T> whole_number(std::string name, std::string description, std::int64_t low, std::int64_t high,
                    Member member) {
  description += "; " + std::to_string(low) + " to " + std::to_string(high);
  return {std::move(name), std::move(description),
          [=](T& into, const toml::node& node) {
            const auto value = node.value_exact<std::int64_t>();
            if (!value || *value < low || *value > high) return false;
            auto& place = member(into);
            place = static_cast<std::remove_reference_t<decltype(place)>>(*value);
            return true;
          },
          [=](const T& from) { return std::to_string(member(const_cast<T&>(from))); }};
}

template <class T, class Member>
Key<T> number(std::string name, std::string description, double low, double high, Member member) {
  description += "; " + print_number(low) + " to " + print_number(high);
  return {std::move(name), std::move(description),
          [=](T& into, const toml::node& node) {
            const auto value = node.value<double>();
            if (!value || !(*value >= low && *value <= high)) return false;
            member(into) = *value;
            return true;
          },
          [=](const T& from) { return print_number(member(const_cast<T&>(from))); }};
}

// Rising whole numbers.
template <class T, class Member>
Key<T> whole_numbers(std::string name, std::string description, std::int64_t low, std::int64_t high,
                     Member member) {
  return {std::move(name), std::move(description),
          [=](T& into, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array || array->empty()) return false;
            std::vector<int> values;
            for (const toml::node& element : *array) {
              const auto value = element.value_exact<std::int64_t>();
              if (!value || *value < low || *value > high) return false;
              if (!values.empty() && *value <= values.back()) return false;
              values.push_back(static_cast<int>(*value));
            }
            member(into) = std::move(values);
            return true;
          },
          [=](const T& from) {
            std::string list;
            for (const int value : member(const_cast<T&>(from))) {
              list += (list.empty() ? "" : ", ") + std::to_string(value);
            }
            return "[" + list + "]";
          }};
}

template <class T, class Member>
Key<T> flag(std::string name, std::string description, Member member) {
  return {std::move(name), std::move(description) + "; true or false",
          [=](T& into, const toml::node& node) {
            const auto value = node.value_exact<bool>();
            if (value) member(into) = *value;
            return value.has_value();
          },
          [=](const T& from) { return member(const_cast<T&>(from)) ? "true" : "false"; }};
}

// `is_valid(text)` says whether it is what the description states.
template <class T, class Member, class IsValid>
Key<T> text_that(std::string name, std::string description, Member member, IsValid is_valid) {
  return {std::move(name), std::move(description),
          [=](T& into, const toml::node& node) {
            const auto value = node.value_exact<std::string>();
            if (!value || !is_valid(*value)) return false;
            member(into) = *value;
            return true;
          },
          [=](const T& from) { return quote(member(const_cast<T&>(from))); }};
}

template <class T, class Member>
Key<T> text(std::string name, std::string description, Member member) {
  return text_that<T>(std::move(name), std::move(description), member,
                      [](const std::string&) { return true; });
}

template <class T, class Member>
Key<T> choice(std::string name, std::string description, std::vector<std::string> allowed,
              Member member) {
  return text_that<T>(std::move(name), std::move(description), member,
                      [allowed = std::move(allowed)](const std::string& value) {
                        for (const std::string& one : allowed) {
                          if (one == value) return true;
                        }
                        return false;
                      });
}

template <class T, class Member>
Key<T> texts(std::string name, std::string description, Member member) {
  return {std::move(name), std::move(description),
          [=](T& into, const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array) return false;
            std::vector<std::string> values;
            for (const toml::node& element : *array) {
              const auto value = element.value_exact<std::string>();
              if (!value) return false;
              values.push_back(*value);
            }
            member(into) = std::move(values);
            return true;
          },
          [=](const T& from) { return print_list(member(const_cast<T&>(from))); }};
}

// A key that need not be given, and is not printed while it is empty.
template <class T>
Key<T> optional(Key<T> key) {
  key.print = [print = std::move(key.print)](const T& from) {
    const std::string value = print(from);
    return value == "\"\"" || value == "[]" ? std::string() : value;
  };
  return key;
}

template <class T>
Key<T> with_effect(Effect effect, Key<T> key) {
  key.effect = effect;
  return key;
}

}  // namespace commonwatch::app
