import { ProposalKind, ZoneKind, type HotspotState } from '@commonwatch/client';
import { type Place } from './entry.js';

/** So near to a jail, a shelter or a hospital, a person says whether it was there; metres. */
export const FACILITY_NEAR_M = 150;
const DEGREE_M = 111_195;

/** Its name, or that there seems to be one; undefined: none is known near the place. Only who may watch is told of facilities. */
export function facilityNear(state: HotspotState, place: Place): string | undefined {
  const isNear = ({ latitude, longitude }: { latitude: number; longitude: number }) => Math.hypot(
    latitude - place.latitude, (longitude - place.longitude) * Math.cos((place.latitude * Math.PI) / 180)) * DEGREE_M <= FACILITY_NEAR_M;
  for (const hotspot of state.hotspots()) {
    if (hotspot.zone?.kind === ZoneKind.FACILITY && isNear(hotspot)) return hotspot.zone.name;
  }
  return state.proposals().some((proposal) => proposal.kind === ProposalKind.FACILITY && isNear(proposal)) ? 'what looks like a facility' : undefined;
}
