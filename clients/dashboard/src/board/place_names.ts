import { type Hotspot } from '@commonwatch/client';
import { coordinatesText, givenName } from './texts.js';

/** Names that are kept; a page that is open for months would gather them without end. */
const NAMES_MAX = 5000;

type Middle = Pick<Hotspot, 'zone' | 'latitude' | 'longitude'>;

/**
 * What a place is called: by the hub's name for an area or facility, else by county and state, never
 * finer. Counties are looked up in the built-in map layer, which is loaded when it is first needed.
 */
export class PlaceNames {
  readonly #names = new Map<string, string>();
  readonly #asked = new Set<string>();
  readonly #onMore: () => void;

  constructor(onMore: () => void) {
    this.#onMore = onMore;
  }

  of(hotspot: Middle): string {
    const given = givenName(hotspot);
    if (given !== '') return given;
    const county = this.county(hotspot.latitude, hotspot.longitude);
    return county === '' ? this.where(hotspot) : county;
  }

  /** Where its middle is; empty for what has a name. */
  where(hotspot: Middle): string {
    return givenName(hotspot) === '' ? coordinatesText(hotspot.latitude, hotspot.longitude) : '';
  }

  /** `Franklin, Ohio`; empty while it is not known, or where no county is. */
  county(latitude: number, longitude: number): string {
    const key = `${latitude.toFixed(4)},${longitude.toFixed(4)}`;
    const name = this.#names.get(key);
    if (name !== undefined) return name;
    if (!this.#asked.has(key)) {
      this.#asked.add(key);
      void this.#find(key, latitude, longitude);
    }
    return '';
  }

  #forget(): void {
    this.#names.clear();
    this.#asked.clear();
  }

  async #find(key: string, latitude: number, longitude: number): Promise<void> {
    try {
      const { holds, loadCounties, loadStates } = await import('../map/basemap.js');
      const states = (await loadStates()).features.filter((region) => holds(region, longitude, latitude));
      let name = '';
      for (const state of states) {
        const { features } = await loadCounties(state.properties.fips);
        const county = features.find((region) => holds(region, longitude, latitude));
        if (county !== undefined) name = `${county.properties.name}, ${state.properties.name}`;
      }
      if (this.#names.size >= NAMES_MAX) this.#forget();
      this.#names.set(key, name);
      this.#onMore();
    } catch {
      // Not reached now: the coordinates stand in, and the next drawing asks again.
      this.#asked.delete(key);
    }
  }
}
