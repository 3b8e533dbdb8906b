// Columns that may not leave the agency.
#pragma once

#include <string>
#include <string_view>

namespace commonwatch::cli {

// What personal data a column's name promises ("a name", "a date of birth"); empty if none. Errs on
// the side of refusing; judges by the name alone.
std::string personal_data_in(std::string_view column);

}  // namespace commonwatch::cli
