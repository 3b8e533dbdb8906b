#include "hub/pipeline/picture_settings.h"

#include <algorithm>

#include "hub/sharing/publication.h"
#include "hub/sharing/view.h"

namespace commonwatch::pipeline {

PictureSettings PictureSettings::of(std::string_view other) const {
  return {hotspot, sharing, std::string(other)};
}

std::vector<std::string> PictureSettings::audiences() const {
  if (sharing.is_open()) return {std::string(model::kOpenAudience)};
  std::vector<std::string> ids;
  for (const sharing::Audience& one : sharing.audiences) ids.push_back(one.id);
  return ids;
}

std::string PictureSettings::canonical() const {
  const sharing::View view = sharing::View::compile(sharing, audience);
  std::string text = hotspot.canonical() + "audience = " + audience + "\nk = " +
                     std::to_string(view.audience().k) + "\n" + view.input_key();
  // Whose decisions count.
  for (const std::string& one : audiences()) {
    text += "narrower = " + one + "\n";
    if (one == audience) break;
  }
  if (view.audience().k == 1) return text;
  for (const sharing::PublicationClass& one : sharing::publication_classes(sharing)) {
    if (std::ranges::find(one.audiences, audience) == one.audiences.end()) continue;
    text += sharing::View::compile(sharing, one.audience).input_key();
    text += sharing::PublicationRules::of(sharing, one, hotspot.time_zone).canonical();
    for (const std::string& partner : one.partners) text += "partner = " + partner + "\n";
  }
  return text;
}

}  // namespace commonwatch::pipeline
