import { type Hotspot } from '@commonwatch/client';
import { BaseMap, type MapOptions } from './base_map.js';
import { hasMiddle, middlesOf, polygonsOf } from './cells.js';
import { hotspotOverlay, SOURCES } from './hotspot_style.js';
import { rampStep } from './ramp.js';

const NEAR_ZOOM = 12;

/**
 * Hotspots on a map. What is drawn where (the set of hotspots) is GeoJSON and changes seldom; how rare
 * each is, is feature state and changes at every tick: a sixth of the cost.
 */
export class HotspotMap extends BaseMap {
  #shown = new Map<string, Hotspot>();
  /** By hotspot: the class of the ramp that its state holds. */
  readonly #steps = new Map<string, number>();
  #chosen: string | undefined;
  #pointed: string | undefined;

  constructor(container: HTMLElement, options: MapOptions) {
    super(container, options, {
      title: 'Map of hotspots; the list says the same in words', overlay: hotspotOverlay, layers: ['middle', 'middle-named', 'zone-fill'],
    });
  }

  /** Replaces the set of hotspots. */
  setHotspots(all: readonly Hotspot[]): void {
    const hotspots = all.filter(hasMiddle);
    const ids = new Set(hotspots.map(({ id }) => id));
    const gone = [...this.#shown.keys()].filter((id) => !ids.has(id));
    const isSame = gone.length === 0 && ids.size === this.#shown.size;
    if (isSame) return this.setScores(hotspots);
    this.#shown = new Map(hotspots.map((hotspot) => [hotspot.id, hotspot]));
    this.#setData();
    // A state outlives its feature: one that comes back would bring its old score.
    for (const id of gone) if (this.isStyled) for (const source of SOURCES) this.map.removeFeatureState({ source, id });
    this.#applyStates();
    this.fitOnce(this.#middles());
  }

  /** New scores of hotspots that are in the set; others are passed over. */
  setScores(hotspots: Iterable<Hotspot>): void {
    for (const hotspot of hotspots) {
      if (!this.#shown.has(hotspot.id)) continue;
      this.#shown.set(hotspot.id, hotspot);
      const step = rampStep(hotspot.intervalDays);
      // Most changes keep their colour, and a state that is set costs more than one that is compared.
      if (this.#steps.get(hotspot.id) === step) continue;
      this.#steps.set(hotspot.id, step);
      this.#setState(hotspot.id, { step });
    }
  }

  choose(id: string | undefined): void {
    if (id === this.#chosen) return;
    if (this.#chosen !== undefined) this.#setState(this.#chosen, { chosen: false });
    this.#chosen = id;
    if (id !== undefined) this.#setState(id, { chosen: true });
  }

  point(id: string | undefined): void {
    if (id === this.#pointed) return;
    if (this.#pointed !== undefined) this.#setState(this.#pointed, { pointed: false });
    this.#pointed = id;
    if (id !== undefined) this.#setState(id, { pointed: true });
  }

  /** `coveredPx`: of the right edge, by the panel. */
  zoomTo(hotspot: Hotspot, coveredPx: number): void {
    if (!hasMiddle(hotspot)) return this.fit();
    const { longitude, latitude } = hotspot;
    const zoom = Math.max(this.map.getZoom(), NEAR_ZOOM);
    this.map.flyTo({ center: [longitude, latitude], zoom, offset: [-coveredPx / 2, 0] });
  }

  fit(): void {
    this.fitTo(this.#middles());
  }

  protected fill(): void {
    this.#setData();
    this.#applyStates();
  }

  #middles(): [number, number][] {
    return [...this.#shown.values()].map(({ longitude, latitude }) => [longitude, latitude]);
  }

  #setData(): void {
    this.source('zones')?.setData(polygonsOf(this.#shown.values()));
    this.source('middles')?.setData(middlesOf(this.#shown.values()));
  }

  #applyStates(): void {
    this.#steps.clear();
    for (const { id, intervalDays } of this.#shown.values()) {
      const step = rampStep(intervalDays);
      this.#steps.set(id, step);
      this.#setState(id, { step, chosen: id === this.#chosen, pointed: id === this.#pointed });
    }
  }

  #setState(id: string, state: Record<string, unknown>): void {
    for (const source of SOURCES) this.setState(source, id, state);
  }
}
