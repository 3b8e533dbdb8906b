// What one audience may see of each partner: agreements and audience compiled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/sharing/agreement.h"

namespace commonwatch::sharing {

// Immutable once compiled; any thread.
class View {
 public:
  // `settings` are checked (agreement.h). Throws Failure (kNotFound) if there is no such audience.
  static View compile(const Settings& settings, std::string_view audience);

  const Audience& audience() const { return audience_; }
  // What the partner shares with this audience, cut down to what the audience may see at all:
  // fields, cell level, delay as they take effect. nullptr: nothing of it exists here.
  const Term* term(std::string_view partner) const;
  // Partners that share, in order of name. Empty for an open hub, where every partner does.
  std::vector<std::string> partners() const;
  bool is_open() const { return open_.has_value(); }

  // Of the picture, which is the same for all: every partner that shares must allow the purpose.
  bool allows_purpose(std::string_view purpose) const;
  // Of what one partner gave: for replays of events.
  bool allows_purpose(std::string_view partner, std::string_view purpose) const;

  // How long after it was recorded anything counts for this audience: the largest delay of any
  // term, alike for all, so that it does not tell who reported.
  Duration delay() const { return delay_; }

  // Two views of equal key fold the same records, reduced alike, at the same time: one engine
  // serves both. Says nothing about k and publication, which come behind the fold.
  const std::string& input_key() const { return input_key_; }

 private:
  Audience audience_;
  std::map<std::string, Term, std::less<>> terms_;
  std::optional<Term> open_;  // of an open hub: for whoever
  Duration delay_{};
  std::string input_key_;
};

// Figures are counted by class of partners, so that two audiences together learn nothing that the
// wider one would not: a class is the partners that one publishing audience sees and no narrower
// one does, and an incident belongs to the class of the narrowest audience that has a report of it.
// Classes count disjoint persons, and nobody publishes the sum of two.
struct PublicationClass {
  std::string audience;                // whose fold counts it, and the narrowest that sees it
  std::vector<std::string> partners;   // in order of name
  std::vector<std::string> earlier;    // of narrower classes: an incident that one of them
                                       // reported is not counted here
  std::uint32_t k = 1;                 // of the widest that sees it: of the figures themselves
  std::uint32_t k_max = 1;             // of the narrowest that sees it: decides merging
  std::vector<std::string> audiences;  // that see it, from narrow to wide: narrowing.h
  friend bool operator==(const PublicationClass&, const PublicationClass&) = default;
};
// From narrow to wide; classes without partners are left out. Empty if nobody's k is above 1.
std::vector<PublicationClass> publication_classes(const Settings& settings);

// The answer to "what can they see, from whom, how precise, since when, by which agreement".
struct Explanation {
  struct FromPartner {
    std::string partner;
    std::uint32_t agreement_version = 0;
    Instant since{};
    std::string legal_basis;
    bool part2 = false;
    Term term;  // as it takes effect
  };
  Audience audience;
  std::vector<FromPartner> partners;      // that share, in order of name
  std::vector<std::string> nothing_from;  // that have an agreement, and share nothing
  std::vector<std::string> narrower;      // audiences that may see less, from narrow to wide
  bool open = false;                      // no agreements: everything of everybody

  // Plain sentences, one fact a line, for a person who signs.
  std::string text() const;
};
// Throws Failure (kNotFound) if there is no such audience.
Explanation explain(const Settings& settings, std::string_view audience);

}  // namespace commonwatch::sharing
