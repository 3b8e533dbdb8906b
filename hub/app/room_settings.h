// What the configuration means for the rooms below, where it is not handed on as it is.
#pragma once

#include "hub/app/configuration.h"
#include "hub/feed/feed.h"
#include "hub/server/static_files.h"
#include "hub/server/tls.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

storage::Retention retention_of(const Configuration& configuration);
// Audiences that may be woken: those that are shown alerts live.
feed::RingLimits ring_limits(const Configuration& configuration);
// With the dashboard that was found.
server::StaticRoots static_roots(const Configuration& configuration);
server::TlsFiles tls_files(const Configuration& configuration);
// How what is shown becomes frames.
feed::FrameMaker make_frames();

}  // namespace commonwatch::app
