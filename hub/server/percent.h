// Percent-encoding (RFC 3986, section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace commonwatch::server {

// Nothing: a percent sign without two hexadecimal digits behind it.
std::optional<std::string> decode_percent(std::string_view text);
// Leaves printable ASCII but the percent sign as it is.
std::string encode_percent(std::string_view text);

}  // namespace commonwatch::server
