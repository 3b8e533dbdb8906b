// A city whose reports come late, are corrected, moved and retracted, and what two audiences are
// sent about it by the real publication.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/sharing/agreement.h"
#include "hub/sharing/generalise.h"
#include "hub/sharing/narrowing.h"
#include "hub/sharing/publication.h"
#include "hub/sharing/view.h"
#include "tests/hotspot/random.h"
#include "tests/sharing/attacker.h"

namespace commonwatch::sharing::test {

inline constexpr int kPublicCount = 5;
inline constexpr int kPartnerCount = 3;
inline constexpr int kDays = 14;

inline model::RecordKey key_of(std::uint64_t number) {
  return {{number * 0x9e3779b97f4a7c15, number}};
}
inline Instant day_start(std::int64_t day) {
  return Instant(std::chrono::hours(24 * (17000 + day)));
}

// `public` (k 5) sees county-ems, `partner` (k 3) sees city-police as well. Four cells of level 11
// with inhabitants, two with too few alone, one far away.
Settings city_settings();
std::vector<model::Cell> city_cells();

// What became known of one incident, in order.
struct Version {
  Instant recorded{};
  std::uint64_t number = 0;  // of the incident
  bool gone = false;
  Instant occurred{};
  model::Cell cell;
  bool fatal = false;
  bool by_ems = false;
  bool by_police = false;
};
std::vector<Version> city_history(hotspot::test::Random& random);

// Runs the history through the publication of every class and what each audience sees of it.
class PublishedCity {
 public:
  explicit PublishedCity(std::uint64_t seed);

  const Receipts& of_public() const { return public_; }
  const Receipts& of_partner() const { return partner_; }
  // Of each figure, at each decision: persons and fatal persons, in truth.
  struct Truth {
    int persons = 0;
    int fatal = 0;
  };
  const std::map<std::string, std::vector<Truth>>& truth() const { return truth_; }

 private:
  struct ClassState {
    PublicationClass of;
    Publication publication;
    Narrowing for_public;
    Narrowing for_partner;
  };
  void apply(const Version& version);
  void publish(Instant moment, hotspot::test::Random& random);
  std::vector<model::Alert> alerts(hotspot::test::Random& random) const;
  void note_truth();
  std::optional<Version> counted(const Version& version, const PublicationClass& of) const;

  std::vector<ClassState> classes_;
  std::map<std::uint64_t, Version> known_;
  Receipts public_;
  Receipts partner_;
  std::map<std::string, std::vector<Truth>> truth_;
};

}  // namespace commonwatch::sharing::test
