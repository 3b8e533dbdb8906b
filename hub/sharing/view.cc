#include "hub/sharing/view.h"

#include <algorithm>
#include <set>

namespace commonwatch::sharing {
namespace {

bool contains(const std::vector<std::string>& sorted, std::string_view value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

std::string input_line(const std::string& partner, const Term& term) {
  return partner + ' ' + term.fields.text() + ' ' + std::to_string(term.cell_level) + ' ' +
         std::to_string(term.time_rounding.count()) + ' ' + std::to_string(term.skeleton_days) +
         '\n';
}

Audience open_audience() {
  Audience audience;
  audience.id = kOpenAudience;
  audience.content = Content::kEvents;
  audience.persons = true;
  audience.cell_level = everything({}).cell_level;
  return audience;
}

}  // namespace

View View::compile(const Settings& settings, std::string_view id) {
  View view;
  if (settings.is_open() && id == kOpenAudience) {
    view.audience_ = open_audience();
    view.open_ = everything(std::string(kOpenAudience));
    view.input_key_ = "open\n";
    return view;
  }
  const Audience* audience = settings.audience(id);
  if (audience == nullptr) {
    throw Failure(make_error(
        ErrorCode::kNotFound,
        "no audience \"" + std::string(id) + "\" in the configuration; see sharing.audiences",
        "audience"));
  }
  view.audience_ = *audience;
  view.delay_ = audience->delay;
  for (const Agreement& agreement : settings.agreements) {
    for (const Term& term : agreement.terms) {
      if (term.audience != id) continue;
      view.terms_.emplace(agreement.partner, effective(term, *audience));
      view.delay_ = std::max(view.delay_, term.delay);
    }
  }
  view.input_key_ = "delay " + std::to_string(view.delay_.count()) + '\n';
  for (const auto& [partner, term] : view.terms_) view.input_key_ += input_line(partner, term);
  return view;
}

const Term* View::term(std::string_view partner) const {
  if (open_) return &*open_;
  const auto found = terms_.find(partner);
  return found == terms_.end() ? nullptr : &found->second;
}

std::vector<std::string> View::partners() const {
  std::vector<std::string> partners;
  for (const auto& [partner, term] : terms_) partners.push_back(partner);
  return partners;
}

bool View::allows_purpose(std::string_view purpose) const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const auto& entry) { return contains(entry.second.purposes, purpose); });
}

bool View::allows_purpose(std::string_view partner, std::string_view purpose) const {
  if (open_) return true;
  const Term* shared = term(partner);
  return shared != nullptr && contains(shared->purposes, purpose);
}

std::vector<PublicationClass> publication_classes(const Settings& settings) {
  std::vector<PublicationClass> classes;
  std::vector<const Audience*> publishing;
  for (const Audience& audience : settings.audiences) {
    if (audience.k > 1) publishing.push_back(&audience);
  }
  std::set<std::string> earlier;
  for (std::size_t i = 0; i < publishing.size(); ++i) {
    PublicationClass next;
    next.audience = publishing[i]->id;
    next.k = publishing.back()->k;
    next.k_max = publishing[i]->k;
    next.earlier.assign(earlier.begin(), earlier.end());
    for (std::string& partner : View::compile(settings, publishing[i]->id).partners()) {
      if (earlier.insert(partner).second) next.partners.push_back(std::move(partner));
    }
    for (std::size_t wide = i; wide < publishing.size(); ++wide) {
      next.audiences.push_back(publishing[wide]->id);
    }
    if (!next.partners.empty()) classes.push_back(std::move(next));
  }
  return classes;
}

}  // namespace commonwatch::sharing
