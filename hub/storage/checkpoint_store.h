// Checkpoints: one file each, `DIRECTORY/AUDIENCE/EPOCH-VERSION.checkpoint`. Any thread.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

std::string encode_checkpoint(const Checkpoint& checkpoint);
// Nothing if a byte is wrong.
std::optional<Checkpoint> decode_checkpoint(std::string_view bytes);

// Which of these versions (rising) to drop so that `keep` stay: the newer half as they are, the
// older half thinned out evenly.
std::vector<model::Version> versions_to_drop(std::vector<model::Version> versions,
                                             std::size_t keep);

class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // kInvalidRequest: the audience's name cannot be that of a folder.
  Result<void> write(const std::string& audience, const Checkpoint& checkpoint, std::size_t keep);
  std::optional<Checkpoint> read(const std::string& audience, model::EngineEpoch epoch,
                                 model::Version at) const;

 private:
  std::filesystem::path path_of(const std::string& audience, model::EngineEpoch epoch,
                                model::Version version) const;
  std::vector<model::Version> versions(const std::string& audience, model::EngineEpoch epoch) const;
  void drop_other_epochs(const std::string& audience, model::EngineEpoch epoch) const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
};

}  // namespace commonwatch::storage
