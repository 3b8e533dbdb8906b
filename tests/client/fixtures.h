// What the tests of this folder share.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "clients/cpp/publisher.h"
#include "tests/client/fake_hub.h"
#include "tests/client/result_text.h"

namespace commonwatch::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "commonwatch-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline v1::Event make_event(const std::string& record_id) {
  v1::Event event;
  event.set_record_id(record_id);
  event.mutable_occurred_at()->set_seconds(1'457'687'340);
  event.mutable_location()->set_latitude(40.12);
  event.mutable_location()->set_longitude(-75.34);
  event.mutable_overdose();
  return event;
}

// `r1`, `r2`, ... up to `count`, beginning with `r<first>`.
inline std::vector<std::string> record_ids(int count, int first = 1) {
  std::vector<std::string> ids;
  for (int i = first; i < first + count; ++i) ids.push_back("r" + std::to_string(i));
  return ids;
}

inline const std::string kSource = "county-ems/cad";

inline client::PublisherOptions publisher_options(const FakeHub& hub,
                                                  const TemporaryDirectory& directory) {
  client::PublisherOptions options;
  options.connect.endpoint = hub.endpoint();
  options.source = kSource;
  options.spool = directory.path() / "spool";
  options.batch_events_max = 20;
  options.linger = std::chrono::milliseconds(5);
  return options;
}

}  // namespace commonwatch::test
