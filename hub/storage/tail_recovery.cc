#include "hub/storage/tail_recovery.h"

#include <string>

#include "hub/storage/sync_files.h"
#include "hub/storage/wal_tail.h"

namespace commonwatch::storage {
namespace {

Error damage(const std::string& where, const std::string& what) {
  return make_error(ErrorCode::kInternal, where + ": " + what +
                                              "; no power cut does that; "
                                              "restore the data directory from a backup");
}

}  // namespace

std::filesystem::path epoch_due(const std::filesystem::path& directory) {
  return directory / "epoch.due";
}

Result<void> recover_tail(const std::filesystem::path& directory, const WatermarkFound& found,
                          OpenReport& report) {
  auto inspected = inspect_newest_wal(directory / "events");
  if (!inspected) return inspected.error();
  if (!*inspected) return {};
  const WalTail& tail = **inspected;
  const std::string where = tail.path.string() + " at byte " + std::to_string(tail.good_bytes);
  if (!reaches(tail, found.synced) || !reaches(tail, found.exact)) {
    return damage(where, "what was durable is missing from here on");
  }
  if (!tail.damaged) return {};
  if (tail.valid_behind) return damage(where, "damaged, and sound records lie behind it");
  // What was answered in this boot is all there: nobody was told of what is cut off.
  const bool untold = found.exact.has_value();
  if (!untold) {
    if (auto due = write_whole_file(epoch_due(directory), ""); !due) return due;
  }
  if (auto cut = cut_wal_tail(tail, directory / "cut"); !cut) return cut;
  const std::string bytes = std::to_string(tail.file_bytes - tail.good_bytes);
  if (untold) {
    report.description = where + ": a write was interrupted by the end of the process; its " +
                         bytes + " bytes, which nobody was told of, were cut off. ";
    return {};
  }
  report.tail_cut = true;
  report.description = where + ": the last record was torn; its " + bytes +
                       " bytes were cut off and kept in " + (directory / "cut").string() +
                       "; the log has a new epoch. ";
  return {};
}

}  // namespace commonwatch::storage
