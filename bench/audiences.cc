#include "bench/audiences.h"

#include <openssl/sha.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "bench/events.h"

namespace commonwatch::bench {
namespace {

constexpr const char* kPurpose = "outbreak-response";

std::string sha256_of(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  std::string digits;
  for (const unsigned char byte : hash) {
    std::array<char, 3> two{};
    std::snprintf(two.data(), two.size(), "%02x", byte);
    digits += two.data();
  }
  return digits;
}

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

std::string account(const std::string& partner, const std::string& audience) {
  return "[[partner]]\nid = " + in_quotes(partner) + "\naudience = " + in_quotes(audience) +
         "\ntoken_sha256 = [" + in_quotes(sha256_of(token_of(partner))) + "]\n";
}

// Blocks all over the county, each with as many inhabitants.
void write_population(const std::filesystem::path& file) {
  constexpr int kSteps = 20;
  std::ofstream stream(file);
  stream << "latitude,longitude,persons\n";
  for (int north = -kSteps; north <= kSteps; ++north) {
    for (int east = -kSteps; east <= kSteps; ++east) {
      stream << kMiddle.latitude + kCountyDegrees * north / kSteps << ","
             << kMiddle.longitude + kCountyDegrees * east / kSteps << ",1000\n";
    }
  }
}

}  // namespace

std::string token_of(const std::string& partner) {
  return "a-token-of-" + partner + "-that-is-long-enough";
}

std::string audience_settings(const std::filesystem::path& directory, std::uint32_t count,
                              bool figures) {
  const auto population = std::filesystem::absolute(directory / "blocks.csv");
  if (figures) write_population(population);
  std::string settings =
      figures ? "[publication]\npopulation = " + in_quotes(population.string()) + "\n" : "";
  std::string shares;
  std::string id;
  for (std::uint32_t i = 0; i < count; ++i) {
    id = "audience-" + std::to_string(i);
    settings += "[[audience]]\nid = " + in_quotes(id) + "\n";
    if (figures && i == 0) {
      settings += "k = 10\npopulation_floor = 1000\ncell_level = 11\nperiod_days = 1\n";
    } else if (i + 1 < count) {
      settings += "content = \"hotspots\"\n";
    } else {
      settings += "content = \"events\"\npersons = true\n";
    }
    shares += "[[share]]\npartner = " + in_quotes(kSharingPartner) +
              "\naudience = " + in_quotes(id) + "\nfields = [\"*\"]\npurposes = [" +
              in_quotes(kPurpose) + "]\n";
  }
  settings += std::string("[[agreement]]\npartner = ") + in_quotes(kSharingPartner) +
              "\nsince = \"2026-01-01T00:00:00Z\"\nlegal_basis = \"mou-7\"\n";
  return settings + shares + account(kSharingPartner, id) + account(kSilentPartner, id);
}

}  // namespace commonwatch::bench
