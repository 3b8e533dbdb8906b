#include "hub/pipeline/skeletons.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "hub/hotspot/baseline.h"
#include "hub/pipeline/read_record.h"
#include "hub/storage/record_keys.h"

namespace commonwatch::pipeline {
namespace {

using model::RecordKey;

struct KnownLinks {
  std::string audience;
  bool keyed = false;
  std::unordered_map<RecordKey, std::vector<RecordKey>> linked;  // of a record: all of its incident
};

struct Known {
  std::vector<KnownLinks> audiences;  // in order
  std::set<model::Cell> sites;
};

std::uint32_t delay_of(Instant occurred, Instant recorded) {
  return static_cast<std::uint32_t>(
      std::floor(hotspot::delay_bin_end(hotspot::delay_bin(recorded - occurred))));
}

model::Cell coarse(const Known& known, model::Cell cell) {
  if (!cell.is_valid() || known.sites.contains(cell)) return cell;
  return cell.parent(kSkeletonLevel);
}

std::vector<RecordKey> linked_to(const KnownLinks& known, const storage::Chunk& chunk,
                                 const storage::Entry& entry) {
  const auto keyed = [&](const RecordKey& key) { return known.keyed ? key : chunk.keys->of(key); };
  const RecordKey unkeyed = model::record_key(chunk.source, entry.record_id);
  const RecordKey own = chunk.keys->of(unkeyed);
  std::vector<RecordKey> linked;
  const auto found = known.linked.find(known.keyed ? own : unkeyed);
  if (found == known.linked.end()) return linked;
  for (const RecordKey& key : found->second) {
    if (keyed(key) != own) linked.push_back(keyed(key));
  }
  return linked;
}

storage::Skeleton make_skeleton(const Known& known, const storage::Chunk& chunk,
                                const storage::Entry& entry) {
  storage::Skeleton skeleton;
  skeleton.delay_s = delay_of(entry.occurred, chunk.recorded);
  if (entry.kind != model::EventKind::kOverdose) return skeleton;
  const model::Record record = read_record(entry, chunk.recorded);
  skeleton.cell = coarse(known, record.cell);
  skeleton.persons = record.persons;
  skeleton.fatal = record.fatal;
  skeleton.location = record.location;
  skeleton.has_area_code = record.has_area_code;
  skeleton.accuracy_m = static_cast<std::uint32_t>(std::lround(record.accuracy_m));
  for (const KnownLinks& links : known.audiences) {
    auto linked = linked_to(links, chunk, entry);
    if (!linked.empty()) skeleton.linked.push_back({links.audience, std::move(linked)});
  }
  return skeleton;
}

}  // namespace

storage::EventLog::SkeletonMaker make_skeletons(const std::vector<const Picture*>& pictures) {
  auto known = std::make_shared<Known>();
  for (const Picture* picture : pictures) {
    const Layer& layer = picture->layer();
    KnownLinks links{layer.view().audience().id, layer.is_keyed(), {}};
    for (const std::vector<RecordKey>& incident : layer.linker().linked()) {
      for (const RecordKey& key : incident) links.linked.emplace(key, incident);
    }
    known->audiences.push_back(std::move(links));
    for (const model::SiteDecision& site : layer.engine().site_decisions()) {
      if (site.kind != model::SiteKind::kOrdinary) known->sites.insert(site.cell);
    }
  }
  std::ranges::sort(known->audiences, {}, &KnownLinks::audience);
  return [known = std::move(known)](const storage::Chunk& chunk, const storage::Entry& entry) {
    return make_skeleton(*known, chunk, entry);
  };
}

}  // namespace commonwatch::pipeline
