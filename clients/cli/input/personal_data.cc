#include "clients/cli/input/personal_data.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace commonwatch::cli {
namespace {

using Entry = std::pair<std::string_view, const char*>;

// Words that give a column away wherever they stand in its name.
constexpr std::array kWords{
    Entry{"surname", "a name"},
    Entry{"firstname", "a name"},
    Entry{"lastname", "a name"},
    Entry{"fullname", "a name"},
    Entry{"middlename", "a name"},
    Entry{"maidenname", "a name"},
    Entry{"givenname", "a name"},
    Entry{"familyname", "a name"},
    Entry{"patientname", "a name"},
    Entry{"callername", "a name"},
    Entry{"alias", "a name"},
    Entry{"dob", "a date of birth"},
    Entry{"birthdate", "a date of birth"},
    Entry{"birthday", "a date of birth"},
    Entry{"birth", "a date of birth"},
    Entry{"dateofbirth", "a date of birth"},
    Entry{"ssn", "a social security number"},
    Entry{"socialsecurity", "a social security number"},
    Entry{"socialsecuritynumber", "a social security number"},
    Entry{"phone", "a telephone number"},
    Entry{"phonenumber", "a telephone number"},
    Entry{"telephone", "a telephone number"},
    Entry{"mobile", "a telephone number"},
    Entry{"cellphone", "a telephone number"},
    Entry{"callback", "a telephone number"},
    Entry{"email", "an e-mail address"},
    Entry{"mail", "an e-mail address"},
    Entry{"address", "a street address"},
    Entry{"addr", "a street address"},
    Entry{"addressline", "a street address"},
    Entry{"streetaddress", "a street address"},
    Entry{"homeaddress", "a street address"},
    Entry{"street", "a street address"},
    Entry{"apartment", "a street address"},
    Entry{"mrn", "a medical record number"},
    Entry{"medicalrecordnumber", "a medical record number"},
    Entry{"patientid", "a patient's number"},
    Entry{"medicaid", "an insurance number"},
    Entry{"medicare", "an insurance number"},
    Entry{"insurance", "an insurance number"},
    Entry{"passport", "an identity document"},
    Entry{"license", "an identity document"},
    Entry{"licence", "an identity document"},
    Entry{"driverslicense", "an identity document"},
    Entry{"plate", "a licence plate"},
    Entry{"narrative", "free text"},
    Entry{"notes", "free text"},
    Entry{"note", "free text"},
    Entry{"comment", "free text"},
    Entry{"comments", "free text"},
    Entry{"remarks", "free text"},
    Entry{"freetext", "free text"},
};

// A name of something that is no person.
constexpr std::array<std::string_view, 18> kNamedThings{
    "facility", "city", "county", "agency", "hospital", "township",  "area", "district", "zone",
    "station",  "unit", "type",   "event",  "place",    "substance", "drug", "file",     "column"};

// Words of a name, in lower case: at punctuation, digits and humps.
std::vector<std::string> words_of(std::string_view column) {
  std::vector<std::string> words;
  bool inside = false;
  bool lower_before = false;
  for (const char c : column) {
    const auto byte = static_cast<unsigned char>(c);
    const bool hump = std::isupper(byte) != 0 && lower_before;
    const bool letter = std::isalpha(byte) != 0;
    if (letter) {
      if (!inside || hump) words.emplace_back();
      words.back() += static_cast<char>(std::tolower(byte));
    }
    inside = letter;
    lower_before = std::islower(byte) != 0;
  }
  return words;
}

const char* find_word(std::string_view word) {
  const auto* found = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const Entry& entry) { return entry.first == word; });
  return found == kWords.end() ? nullptr : found->second;
}

}  // namespace

std::string personal_data_in(std::string_view column) {
  const std::vector<std::string> words = words_of(column);
  std::string joined;
  for (const std::string& word : words) {
    if (const char* what = find_word(word)) return what;
    joined += word;
  }
  if (const char* what = find_word(joined)) return what;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (const char* what = find_word(words[i] + words[i + 1])) return what;
  }
  const bool named = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "name" || word == "names";
  });
  const bool thing = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return std::find(kNamedThings.begin(), kNamedThings.end(), word) != kNamedThings.end();
  });
  return named && !thing ? "a name" : "";
}

}  // namespace commonwatch::cli
