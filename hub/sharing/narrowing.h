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
  explicit Narrowing(std::uint32_t k) : k_(k) {}

  // What Publication::advance gave; gives what changed for this audience, in order of id.
  std::vector<model::PublishedCount> step(const std::vector<model::PublishedCount>& changed);
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
