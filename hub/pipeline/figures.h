// What an audience with k > 1 is shown: published figures of the classes of partners that it sees,
// with alerts and health in bands (docs/PRIVACY.md, "Small counts: the method"). Pure; not
// thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/pipeline/layer.h"
#include "hub/sharing/narrowing.h"
#include "hub/sharing/publication.h"

namespace commonwatch::pipeline {

class Figures {
 public:
  // `own`: of the audience, in which the class is counted that nobody narrower sees; outlives this.
  // Throws Failure as Layer.
  Figures(const PictureSettings& settings, const Layer& own);

  // Recorded time of the configuration: the first period of a class begins behind it, and behind the
  // first report of the class. Before, nothing is published.
  void begin(Instant begins) { begins_ = begins; }
  // Into the layers of narrower audiences; `own` is given it by its owner.
  void take_in(const storage::Chunk& chunk, Instant counted);
  // Behind `own`'s. Whether what is shown may differ.
  bool advance(model::Version version, Instant as_of);
  std::optional<Instant> next_change() const;
  Contents contents() const;

  void write(ByteWriter& writer) const;
  void read(ByteReader& reader);

 private:
  struct Class {
    sharing::PublicationClass of;
    sharing::PublicationRules rules;
    std::unique_ptr<Layer> narrower;  // nothing: counted in `own`
    std::optional<Instant> reported;  // when the first report counted
    std::optional<sharing::Publication> publication;
    sharing::Narrowing narrowing;
    std::map<std::string, model::PublishedAlert> alerts;  // by figure
  };

  const Layer& layer_of(const Class& one) const { return one.narrower ? *one.narrower : own_; }
  void count(Class& one) const;
  // Whether there is anything to publish from now on.
  bool begin(Class& one) const;
  bool publish(Class& one, Instant as_of) const;
  bool has_data(const Class& one) const;

  const Layer& own_;
  std::uint32_t k_;
  std::optional<Instant> begins_;
  std::vector<Class> classes_;
  std::vector<model::BandedHealth> health_;
};

}  // namespace commonwatch::pipeline
