#include "hub/app/table.h"

#include "hub/app/suggestion.h"
#include "hub/base/error.h"

namespace commonwatch::app {

void fail_at(const std::filesystem::path& file, const toml::source_region& source,
             const std::string& message) {
  throw Failure(
      make_error(ErrorCode::kInvalidRequest,
                 file.string() + ":" + std::to_string(source.begin.line) + ": " + message));
}

void fail_unknown_key(const std::filesystem::path& file, const toml::key& key,
                      const std::string& name, const std::vector<std::string>& known) {
  fail_at(file, key.source(),
          "there is no key " + name + "; did you mean " + nearest(name, known) + "?");
}

std::string path_from(const std::filesystem::path& file, const std::string& path) {
  if (path.empty()) return path;
  return std::filesystem::absolute(file.parent_path() / path).lexically_normal().string();
}

}  // namespace commonwatch::app
