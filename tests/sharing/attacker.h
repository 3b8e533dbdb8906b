// Somebody who keeps everything that an audience was ever sent, knows the publisher's rules, and
// wants to know of a few persons.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/model/publication.h"
#include "tests/sharing/integer_solver.h"

namespace commonwatch::sharing::test {

// Everything that an audience was sent, in order.
class Receipts {
 public:
  void receive(const std::vector<model::PublishedCount>& changed,
               const std::vector<model::PublishedAlert>& alerts);
  // A moment of decision is over, known from the calendar: what did not change stayed.
  void close_moment();

  struct Stand {
    model::PublishedCount count;
    bool alert = false;
  };
  // Of each figure, by id: how it stood at each of its decisions.
  const std::map<std::string, std::vector<Stand>>& histories() const { return histories_; }

 private:
  std::map<std::string, Stand> now_;
  std::map<std::string, std::vector<Stand>> histories_;
  std::set<std::string> final_;
};

// What one decision tells of the persons that counted then.
struct Told {
  std::vector<Span> persons;
  std::vector<Span> fatal;  // empty: nothing
};

inline constexpr int kPersonsMax = 99;  // that an attacker deems possible in a figure

// By the words of figure.h: of an audience that is shown the figures themselves.
std::vector<Told> told_by_figures(const std::vector<Receipts::Stand>& history, int k);
// Of an audience with a larger k. Weaker than what could be told: the outcomes that it is not shown
// are not used.
std::vector<Told> told_by_narrowed(const std::vector<Receipts::Stand>& history, int k,
                                   int k_narrow);

// Persons by figure, decision that first counted them, decision that no longer did, outcome.
class Attacker {
 public:
  // `taken_back`: whether reports can be retracted, moved or changed. Who assumes that they cannot
  // knows more, and may be wrong.
  explicit Attacker(bool taken_back) : taken_back_(taken_back) {}

  void learn(const std::string& figure, const std::vector<Told>& told);
  // An alert stands for at least three persons.
  void learn_alert(const std::string& figure, const std::string& other_class, int decision);
  // Figures for which some group is known to be from 1 to k-1; with what assumption holds.
  std::vector<std::string> broken(int k) const;

 private:
  struct Atom {
    int unknown = 0;
    int arrives = 0;
    int leaves = 0;
    bool fatal = false;
  };
  const std::vector<Atom>& atoms(const std::string& figure, int decisions);
  std::vector<int> counted(const std::string& figure, int decision, bool fatal_only) const;

  bool taken_back_;
  Unknowns unknowns_;
  std::map<std::string, std::vector<Atom>> atoms_;
};

}  // namespace commonwatch::sharing::test
