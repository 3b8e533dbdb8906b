// From the figures of a class to what an audience with a larger k is shown of them.
//
// A function of the figures alone, not of what they count: whoever sees them learns nothing from
// seeing this too. Every audience goes through it; with the figures' own k it changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/model/publication.h"
#include "hub/sharing/figure.h"

namespace commonwatch::sharing {

// Not thread-safe.
class Narrowing {
 public:
  struct Changes {
    std::vector<model::PublishedCount> all;  // whatever changed for this audience
    // Of them, those whose number or state did: with these alerts are stated (generalise.h).
    std::vector<model::PublishedCount> decided;
  };

  explicit Narrowing(std::uint32_t k) : k_(k) {}

  // `changed`: what Publication::advance gave. Both lists in order of id.
  Changes step(const std::vector<model::PublishedCount>& changed);
  // In order of id. As long as the figures are shown by the publication: `forget` what is not.
  std::vector<model::PublishedCount> shown() const;
  void forget(Instant period_end_before);

  std::string checkpoint() const;
  static Result<Narrowing> restore(std::uint32_t k, std::string_view bytes);

 private:
  struct Entry {
    model::PublishedCount count;
    Figure figure;
  };
  std::uint32_t k_;
  std::map<std::string, Entry> entries_;  // by id
};

}  // namespace commonwatch::sharing
