// Which of the records that hang together by possible links describe one incident. Pure.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace commonwatch::linkage {

// Records are named by their place in the order of their keys, from 0.
struct PossibleLink {
  std::uint32_t score = 0;
  std::uint32_t first = 0;
  std::uint32_t second = 0;  // above first
};

struct Connected {
  std::uint32_t records = 0;
  std::vector<PossibleLink> links;                              // each pair at most once
  std::vector<std::pair<std::uint32_t, std::uint32_t>> splits;  // by an operator, first < second
};

inline constexpr std::uint32_t kLoneReportsMax = 32;

// For every record the first record of its group.
//
// Records that an operator linked, also by way of others, are one report; where an operator's links
// and splits contradict, links are taken in order of their pairs, and one that would bring a split
// pair together is not taken. Two reports are linkable if any record of the one has a possible link
// to any of the other and no pair of them is split. Then the links are taken in order of falling
// score, and of pairs where scores are equal: the groups of both ends become one if every report of
// the one is linkable with every report of the other (complete linkage: no chains).
//
// Best score first can leave two reports alone that could each be linked with one end of a link
// that was taken. So, while there is an exchange: a report `a` that is alone takes the place of a
// report `c` in a group, and `c` goes with another report `b` that was alone; `a` must be linkable
// with all that remain of the group, `b` with `c`. Links by a number or a second are not given up
// for it. Of several exchanges the one after which the links between reports of a group (of two
// reports, their best link) have the largest sum of scores; of equal ones that of the smallest
// (a, c, b). After each the links are taken again as above. Where more than kLoneReportsMax reports
// are alone when the links have first been taken, nothing is exchanged.
std::vector<std::uint32_t> group(Connected connected);

}  // namespace commonwatch::linkage
