import { type Alert, type AlertAction, type Hotspot } from '@commonwatch/client';
import { type ZoneFigure } from '../figures/zone_figure.js';
import { type Feed } from './feed.js';
import { type Filters } from './filters.js';
import { type MapSlot } from './map_slot.js';

export interface BoardOptions {
  readonly feed: Feed;
  readonly filters: Filters;
  /** Whose view it is; empty: not known yet. */
  audience(): string;
  /** What the names in the address begin with, where two boards share it. */
  readonly prefix?: string;
  readonly acknowledge?: (alert: Alert, action: AlertAction) => Promise<Date>;
  /** Told after each redraw how long it took, in milliseconds. */
  readonly onSpent?: (ms: number) => void;
}

/** What is on screen, in its order, with what each place is called. */
export interface ShownHotspots {
  readonly kind: 'hotspots';
  readonly hotspots: readonly Hotspot[];
  readonly nameOf: (hotspot: Hotspot) => string;
}

export interface ShownFigures {
  readonly kind: 'figures';
  readonly figures: readonly ZoneFigure[];
  readonly nameOf: (figure: ZoneFigure) => string;
}

/** Map and list of one state, whatever it is of. */
export interface AnyBoard {
  readonly element: HTMLElement;
  readonly map: MapSlot;
  readonly shown: ShownHotspots | ShownFigures;
  /** Recorded time of what is on screen, milliseconds since 1970; undefined: nothing came yet. */
  readonly asOf: number | undefined;
  readonly isPaused: boolean;
  pause(isPaused: boolean): void;
  /** By its id; undefined: nothing. */
  choose(id: string | undefined): void;
  move(step: 1 | -1): void;
  end(): void;
}
