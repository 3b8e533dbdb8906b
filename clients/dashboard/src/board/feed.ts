import { type Change, type HotspotState, type Stop } from '@commonwatch/client';

/** Where a board gets what it shows: the live state, or a replay. */
export interface Feed {
  readonly state: HotspotState;
  onChange(listener: (change: Change) => void): Stop;
  /** The moment that is shown, milliseconds since 1970. */
  now(): number;
}
