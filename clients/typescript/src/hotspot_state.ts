import {
  type Alert, type BandedHealth, type Comparison, type Delta, type Hotspot, type PersistentPlace, type Position,
  type Proposal, type PublishedAlert, type PublishedCount, type SourceHealth, type TileState,
} from './generated/commonwatch/v1/hotspot_pb.js';
import { type ServerMessage } from './generated/commonwatch/v1/stream_pb.js';
import { millis } from './time.js';

/** What a tile holds, each list by id. */
interface TileContent {
  version: bigint;
  readonly hotspots: Map<string, Hotspot>;
  readonly alerts: Map<string, Alert>;
  readonly places: Map<string, PersistentPlace>;
  readonly sources: Map<string, SourceHealth>;
  readonly comparisons: Map<string, Comparison>;
  readonly proposals: Map<string, Proposal>;
  readonly publishedCounts: Map<string, PublishedCount>;
  readonly publishedAlerts: Map<string, PublishedAlert>;
  readonly bandedHealth: Map<string, BandedHealth>;
}

/** What became of the state between two versions. */
export interface Change {
  /** Everything was replaced: what follows names all of it. */
  readonly whole: boolean;
  /** As they stand at the end, each once. */
  readonly changed: ReadonlyMap<string, Hotspot>;
  /** Ids of hotspots that are gone. */
  readonly removed: ReadonlySet<string>;
  /** The alerts that changed. */
  readonly alerts: readonly Alert[];
}

/** `missed`: a delta builds on a version that is not held; subscribe anew. */
export type Applied = { readonly kind: 'settled'; readonly change: Change } | { readonly kind: 'pending' | 'missed' };

const PENDING: Applied = { kind: 'pending' };
const MISSED: Applied = { kind: 'missed' };

function emptyTile(): TileContent {
  return {
    version: 0n, hotspots: new Map(), alerts: new Map(), places: new Map(), sources: new Map(),
    comparisons: new Map(), proposals: new Map(), publishedCounts: new Map(), publishedAlerts: new Map(),
    bandedHealth: new Map(),
  };
}

function keep<Item extends { id: string }>(items: readonly Item[], kept: Map<string, Item>): void {
  for (const item of items) kept.set(item.id, item);
}

/** Of a tile or a delta: the lists that they call alike. */
function keepLists(from: TileState | Delta, content: TileContent): void {
  keep(from.alerts, content.alerts);
  keep(from.places, content.places);
  keep(from.sources, content.sources);
  keep(from.comparisons, content.comparisons);
  keep(from.proposals, content.proposals);
  keep(from.publishedCounts, content.publishedCounts);
  keep(from.publishedAlerts, content.publishedAlerts);
  keep(from.bandedHealth, content.bandedHealth);
}

/**
 * Folds snapshot, tiles and deltas. A snapshot is shown when it is whole, never before: half of one
 * would look like a city that went quiet.
 */
export class HotspotState {
  #tiles = new Map<bigint, TileContent>();
  #incoming: Map<bigint, TileContent> | undefined;
  #incomingVersion = 0n;
  #position: Position | undefined;
  #asOf: number | undefined;
  #whole = false;
  #changed = new Map<string, Hotspot>();
  #removed = new Set<string>();
  #alerts: Alert[] = [];

  /** That of the last `progress`: where to resume. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Recorded time up to which everything is in, milliseconds since 1970; undefined: nothing came yet. */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  /** Whether figures stand in the place of hotspots: said by what came, never by the name of the audience. */
  get isOfFigures(): boolean {
    for (const tile of this.#tiles.values()) if (tile.publishedCounts.size + tile.bandedHealth.size > 0) return true;
    return false;
  }

  apply(message: ServerMessage['message']): Applied {
    switch (message.case) {
      case 'snapshot':
        this.#incoming = new Map();
        this.#incomingVersion = message.value.position?.version ?? 0n;
        return PENDING;
      case 'tile': return this.#applyTile(message.value);
      case 'delta': return this.#applyDelta(message.value);
      case 'progress':
        // A heartbeat before the subscription: nothing was delivered.
        if (message.value.position === undefined) return PENDING;
        if (this.#incoming !== undefined) this.#showIncoming(this.#incoming);
        this.#position = message.value.position;
        if (message.value.asOf !== undefined) this.#asOf = millis(message.value.asOf);
        return { kind: 'settled', change: this.#takeChange() };
    }
    return PENDING;
  }

  /** The connection broke: the half of a snapshot that had come is worth nothing. */
  dropIncoming(): void {
    this.#incoming = undefined;
  }

  *hotspots(): Generator<Hotspot> {
    for (const tile of this.#tiles.values()) yield* tile.hotspots.values();
  }

  hotspot(id: string): Hotspot | undefined {
    for (const tile of this.#tiles.values()) {
      const found = tile.hotspots.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  alerts(): Alert[] {
    return this.#all('alerts') as Alert[];
  }

  places(): PersistentPlace[] {
    return this.#all('places') as PersistentPlace[];
  }

  sources(): SourceHealth[] {
    return this.#all('sources') as SourceHealth[];
  }

  comparisons(): Comparison[] {
    return this.#all('comparisons') as Comparison[];
  }

  proposals(): Proposal[] {
    return this.#all('proposals') as Proposal[];
  }

  /** What an audience is shown in place of hotspots, where small counts are suppressed. */
  publishedCounts(): PublishedCount[] {
    return this.#all('publishedCounts') as PublishedCount[];
  }

  publishedAlerts(): PublishedAlert[] {
    return this.#all('publishedAlerts') as PublishedAlert[];
  }

  bandedHealth(): BandedHealth[] {
    return this.#all('bandedHealth') as BandedHealth[];
  }

  #all(list: Exclude<keyof TileContent, 'version'>): unknown[] {
    return [...this.#tiles.values()].flatMap((tile) => [...tile[list].values()]);
  }

  #applyTile(tile: TileState): Applied {
    const tiles = this.#incoming ?? this.#tiles;
    const content = emptyTile();
    content.version = tile.version;
    keep(tile.hotspots, content.hotspots);
    keepLists(tile, content);
    if (this.#incoming === undefined) this.#whole = true;
    tiles.set(tile.tile, content);
    return PENDING;
  }

  #applyDelta(delta: Delta): Applied {
    const tiles = this.#incoming ?? this.#tiles;
    const whole = this.#incoming === undefined ? (this.#position?.version ?? 0n) : this.#incomingVersion;
    let content = tiles.get(delta.tile);
    const held = content !== undefined && content.version > whole ? content.version : whole;
    if (delta.previous > held) return MISSED;
    if (content === undefined) tiles.set(delta.tile, (content = emptyTile()));
    content.version = delta.version;
    for (const id of delta.removed) this.#remove(id, content);
    for (const hotspot of delta.changed) {
      content.hotspots.set(hotspot.id, hotspot);
      this.#changed.set(hotspot.id, hotspot);
      this.#removed.delete(hotspot.id);
    }
    keepLists(delta, content);
    this.#alerts.push(...delta.alerts);
    return PENDING;
  }

  #remove(id: string, content: TileContent): void {
    if (content.hotspots.delete(id)) {
      this.#changed.delete(id);
      this.#removed.add(id);
    }
    content.alerts.delete(id);
    content.places.delete(id);
    content.sources.delete(id);
    content.comparisons.delete(id);
    content.proposals.delete(id);
    content.publishedCounts.delete(id);
    content.publishedAlerts.delete(id);
    content.bandedHealth.delete(id);
  }

  #showIncoming(incoming: Map<bigint, TileContent>): void {
    this.#tiles = incoming;
    this.#incoming = undefined;
    this.#whole = true;
  }

  #takeChange(): Change {
    if (this.#whole) {
      this.#changed = new Map([...this.hotspots()].map((hotspot) => [hotspot.id, hotspot]));
      this.#removed = new Set();
      this.#alerts = this.alerts();
    }
    const change = { whole: this.#whole, changed: this.#changed, removed: this.#removed, alerts: this.#alerts };
    this.#whole = false;
    this.#changed = new Map();
    this.#removed = new Set();
    this.#alerts = [];
    return change;
  }
}
