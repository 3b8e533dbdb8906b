// What an alert rests on, as a person reads it: every number of the evidence, with the steps that
// lead from them to the expectation and the score, so that each can be checked by hand.
#pragma once

#include <string>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

// Several lines, each ended.
std::string explain_text(const v1::Alert& alert);

// Log-likelihood ratio of `count` persons where `expected` were to be, of variance
// expected + dispersion * expected^2 (Poisson where dispersion is 0); nats, 0 up to the expectation.
// As in hotspot.proto, Evidence.
double score_of(double count, double expected, double dispersion);

}  // namespace commonwatch::cli
