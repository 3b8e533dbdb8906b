import { type Hotspot } from '@commonwatch/client';
import { AttributionControl, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { loadCounties, loadStates, type Region } from './basemap.js';
import { hasMiddle, middlesOf, polygonsOf } from './cells.js';
import { makeBase, listTiles, NO_TILES } from './operator_tiles.js';
import { rampStep } from './ramp.js';
import { makeStyle, SOURCES } from './style.js';

setWorkerUrl(workerUrl);

const UNITED_STATES = new LngLatBounds([-125, 24, -66, 50]);
/** Below this zoom county lines would be a grey mass. */
const COUNTY_ZOOM_MIN = 5;
const NEAR_ZOOM = 12;
/** Nearer than this, the first picture would show cells and nothing around them. */
const FIT_ZOOM_MAX = 10.5;

export interface MapCallbacks {
  choose(id: string): void;
  point(id: string | undefined): void;
  moved(text: string): void;
}

/**
 * Hotspots on a map. What is drawn where (the set of hotspots) is GeoJSON and changes seldom; how rare
 * each is, is feature state and changes at every tick: a sixth of the cost.
 */
export class MapView {
  readonly map: MapLibre;
  readonly #callbacks: MapCallbacks;
  readonly #server: string;
  #isDark: boolean;
  #isStyled = false;
  #shown = new Map<string, Hotspot>();
  /** By hotspot: the class of the ramp that its state holds. */
  readonly #steps = new Map<string, number>();
  #chosen: string | undefined;
  #pointed: string | undefined;
  #counties = new Map<string, Region[]>();
  #tiles: Promise<string[]> | undefined;
  #fitted: boolean;

  /** Throws where the browser cannot draw it. `position`: what `moved` said before. */
  constructor(container: HTMLElement, server: string, isDark: boolean, position: string | undefined, callbacks: MapCallbacks) {
    this.#callbacks = callbacks;
    this.#server = server;
    this.#isDark = isDark;
    const [zoom, latitude, longitude] = (position ?? '').split('/').map(Number);
    const isPlaced = [zoom, latitude, longitude].every((value) => value !== undefined && Number.isFinite(value));
    this.#fitted = isPlaced;
    this.map = new MapLibre({
      container, style: makeStyle(isDark, NO_TILES), attributionControl: false, fadeDuration: 0,
      locale: { 'Map.Title': 'Map of hotspots; the list says the same in words' },
      ...(isPlaced ? { zoom: zoom!, center: [longitude!, latitude!] } : { bounds: UNITED_STATES }),
    });
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ unit: 'imperial' }), 'bottom-left');
    this.map.addControl(new AttributionControl({ compact: true, customAttribution: 'Lines: US Census Bureau' }), 'bottom-right');
    // Also after the graphics driver was lost and came back: the library then begins its style anew,
    // with every state forgotten, the whole map at its lowest colour: a false quiet.
    this.map.on('style.load', () => {
      this.#isStyled = true;
      void this.#fill();
    });
    this.map.on('webglcontextlost', () => (this.#isStyled = false));
    this.map.on('moveend', () => this.#moved());
    this.#listen();
    void this.#addTiles();
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
    for (const id of gone) if (this.#isStyled) for (const source of SOURCES) this.map.removeFeatureState({ source, id });
    this.#applyStates();
    if (!this.#fitted && hotspots.length > 0) this.fit();
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

  /** Everything in sight. */
  fit(): void {
    const bounds = new LngLatBounds();
    for (const { longitude, latitude } of this.#shown.values()) bounds.extend([longitude, latitude]);
    if (bounds.isEmpty()) return;
    this.#fitted = true;
    this.map.fitBounds(bounds, { padding: 60, maxZoom: FIT_ZOOM_MAX, animate: false });
  }

  setTheme(isDark: boolean): void {
    if (isDark === this.#isDark) return;
    this.#isDark = isDark;
    this.#setStyle(makeStyle(isDark, NO_TILES));
    void this.#addTiles();
  }

  /** The picture as it is drawn next: the buffer of one that was shown is gone. */
  picture(): Promise<HTMLCanvasElement> {
    return new Promise((resolve) => {
      this.map.once('render', () => {
        const canvas = this.map.getCanvas();
        const copy = document.createElement('canvas');
        copy.width = canvas.width;
        copy.height = canvas.height;
        copy.getContext('2d')?.drawImage(canvas, 0, 0);
        resolve(copy);
      });
      this.map.triggerRepaint();
    });
  }

  resize(): void {
    this.map.resize();
  }

  remove(): void {
    this.map.remove();
  }

  async #fill(): Promise<void> {
    this.#setData();
    this.#applyStates();
    this.#setCounties();
    this.#source('states')?.setData((await loadStates()) as never);
    await this.#addCounties();
  }

  #source(name: string): GeoJSONSource | undefined {
    return this.#isStyled ? (this.map.getSource(name) as GeoJSONSource | undefined) : undefined;
  }

  #setData(): void {
    this.#source('zones')?.setData(polygonsOf(this.#shown.values()));
    this.#source('middles')?.setData(middlesOf(this.#shown.values()));
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
    // Without a style nothing can be set; the next one is given all of it.
    if (!this.#isStyled) return;
    for (const source of SOURCES) this.map.setFeatureState({ source, id }, state);
  }

  #moved(): void {
    const { lng, lat } = this.map.getCenter();
    this.#callbacks.moved(`${this.map.getZoom().toFixed(1)}/${lat.toFixed(3)}/${lng.toFixed(3)}`);
    void this.#addCounties();
  }

  async #addCounties(): Promise<void> {
    if (this.map.getZoom() < COUNTY_ZOOM_MIN) return;
    const view = this.map.getBounds();
    const states = (await loadStates()).features.filter(({ properties: { fips, box } }) =>
      !this.#counties.has(fips) && box[0] <= view.getEast() && box[2] >= view.getWest()
      && box[1] <= view.getNorth() && box[3] >= view.getSouth());
    if (states.length === 0) return;
    for (const { properties: { fips } } of states) this.#counties.set(fips, []);
    await Promise.all(states.map(async ({ properties: { fips } }) =>
      this.#counties.set(fips, [...(await loadCounties(fips)).features])));
    this.#setCounties();
  }

  #setCounties(): void {
    const features = [...this.#counties.values()].flat();
    this.#source('counties')?.setData({ type: 'FeatureCollection', features } as never);
    // One label each: on the polygons there would be one for every tile that they reach into.
    this.#source('names')?.setData({ type: 'FeatureCollection', features: features.map(({ properties }) => ({
      type: 'Feature', properties, geometry: { type: 'Point', coordinates: middle(properties.box) },
    })) } as never);
  }

  async #addTiles(): Promise<void> {
    this.#tiles ??= listTiles(this.#server);
    const [name] = await this.#tiles;
    if (name === undefined) return;
    const isDark = this.#isDark;
    const base = await makeBase(this.#server, name, isDark);
    if (isDark === this.#isDark) this.#setStyle(makeStyle(isDark, base));
  }

  #setStyle(style: StyleSpecification): void {
    this.#isStyled = false;
    this.map.setStyle(style, { diff: false });
  }

  #listen(): void {
    for (const layer of ['middle', 'middle-named', 'zone-fill']) {
      this.map.on('click', layer, (event) => {
        const id = event.features?.[0]?.properties['id'] as string | undefined;
        if (id !== undefined) this.#callbacks.choose(id);
      });
      this.map.on('mousemove', layer, (event) => {
        this.map.getCanvas().style.cursor = 'pointer';
        this.#callbacks.point(event.features?.[0]?.properties['id'] as string | undefined);
      });
      this.map.on('mouseleave', layer, () => {
        this.map.getCanvas().style.cursor = '';
        this.#callbacks.point(undefined);
      });
    }
  }
}

function middle([west, south, east, north]: [number, number, number, number]): [number, number] {
  return [(west + east) / 2, (south + north) / 2];
}
