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

  // As EventLog::write_checkpoint.
  Result<void> write(const std::string& audience, const Checkpoint& checkpoint,
                     model::Offset clean_below, std::size_t keep);
  std::optional<Checkpoint> read(const std::string& audience, model::EngineEpoch epoch,
                                 model::Version at) const;
  // Of every audience and epoch, for an erasure, whose event this is. What a fold writes that has
  // not heard of it yet is dropped from then on.
  Result<void> remove_all(model::Offset erasure);
  // Those whose state has not folded in everything below `offset`, and those that are damaged.
  void remove_before(model::Offset offset);

 private:
  std::filesystem::path path_of(const std::string& audience, model::EngineEpoch epoch,
                                model::Version version) const;
  std::vector<model::Version> versions(const std::string& audience, model::EngineEpoch epoch) const;
  void drop_other_epochs(const std::string& audience, model::EngineEpoch epoch) const;

  std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::optional<model::Offset> last_erasure_;  // since the start
};

}  // namespace commonwatch::storage
