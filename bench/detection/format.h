// printf's conversions, into a string of at most 255 characters.
#pragma once

#include <cstdio>
#include <string>

namespace commonwatch::detection {

template <class... Values>
std::string format(const char* shape, Values... values) {
  char text[256];
  std::snprintf(text, sizeof(text), shape, values...);
  return text;
}

}  // namespace commonwatch::detection
