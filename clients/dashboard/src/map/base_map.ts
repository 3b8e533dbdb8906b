import { AttributionControl, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { loadCounties, loadStates, type Region } from './basemap.js';
import { makeBase, listTiles, NO_TILES } from './operator_tiles.js';
import { makeStyle, type Overlay } from './style.js';

setWorkerUrl(workerUrl);

const UNITED_STATES = new LngLatBounds([-125, 24, -66, 50]);
/** Below this zoom county lines would be a grey mass. */
const COUNTY_ZOOM_MIN = 5;
/** Nearer than this, the first picture would show cells and nothing around them. */
const FIT_ZOOM_MAX = 10.5;

export interface MapCallbacks {
  choose(id: string): void;
  point(id: string | undefined): void;
  moved(text: string): void;
}

export interface MapOptions {
  readonly server: string;
  readonly isDark: boolean;
  /** What `moved` said before. */
  readonly position: string | undefined;
  readonly callbacks: MapCallbacks;
}

/** What a map is about, as far as the ground below need know. */
interface Subject {
  /** What a screen reader is told of the map. */
  readonly title: string;
  overlay(isDark: boolean): Overlay;
  /** Layers in which a click chooses, by the property `id`. */
  readonly layers: readonly string[];
}

/** Land, lines and names, and one overlay; outlives a lost graphics driver. */
export abstract class BaseMap {
  readonly map: MapLibre;
  readonly #callbacks: MapCallbacks;
  readonly #server: string;
  readonly #subject: Subject;
  #isDark: boolean;
  #isStyled = false;
  #counties = new Map<string, Region[]>();
  #tiles: Promise<string[]> | undefined;
  #fitted: boolean;

  /** Throws where the browser cannot draw it. */
  constructor(container: HTMLElement, { server, isDark, position, callbacks }: MapOptions, subject: Subject) {
    this.#callbacks = callbacks;
    this.#server = server;
    this.#subject = subject;
    this.#isDark = isDark;
    const [zoom, latitude, longitude] = (position ?? '').split('/').map(Number);
    const isPlaced = [zoom, latitude, longitude].every((value) => value !== undefined && Number.isFinite(value));
    this.#fitted = isPlaced;
    this.map = new MapLibre({
      container, style: makeStyle(isDark, NO_TILES, subject.overlay(isDark)), attributionControl: false, fadeDuration: 0,
      locale: { 'Map.Title': subject.title },
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

  /** Everything in sight. */
  abstract fit(): void;

  /** The overlay's sources are empty, and its states forgotten. */
  protected abstract fill(): void;

  protected get isDark(): boolean {
    return this.#isDark;
  }

  protected get isStyled(): boolean {
    return this.#isStyled;
  }

  protected source(name: string): GeoJSONSource | undefined {
    return this.#isStyled ? (this.map.getSource(name) as GeoJSONSource | undefined) : undefined;
  }

  protected setState(source: string, id: string, state: Record<string, unknown>): void {
    // Without a style nothing can be set; the next one is given all of it.
    if (this.#isStyled) this.map.setFeatureState({ source, id }, state);
  }

  /** The first time that there is something to see, unless the map was placed by the address. */
  protected fitOnce(points: Iterable<[number, number]>): void {
    if (!this.#fitted) this.fitTo(points);
  }

  protected fitTo(points: Iterable<[number, number]>): void {
    const bounds = new LngLatBounds();
    for (const point of points) bounds.extend(point);
    if (bounds.isEmpty()) return;
    this.#fitted = true;
    this.map.fitBounds(bounds, { padding: 60, maxZoom: FIT_ZOOM_MAX, animate: false });
  }

  setTheme(isDark: boolean): void {
    if (isDark === this.#isDark) return;
    this.#isDark = isDark;
    this.#setStyle(makeStyle(isDark, NO_TILES, this.#subject.overlay(isDark)));
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
    this.fill();
    this.#setCounties();
    this.source('states')?.setData((await loadStates()) as never);
    await this.#addCounties();
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
    this.source('counties')?.setData({ type: 'FeatureCollection', features } as never);
    // One label each: on the polygons there would be one for every tile that they reach into.
    this.source('names')?.setData({ type: 'FeatureCollection', features: features.map(({ properties }) => ({
      type: 'Feature', properties, geometry: { type: 'Point', coordinates: middle(properties.box) },
    })) } as never);
  }

  async #addTiles(): Promise<void> {
    this.#tiles ??= listTiles(this.#server);
    const [name] = await this.#tiles;
    if (name === undefined) return;
    const isDark = this.#isDark;
    const base = await makeBase(this.#server, name, isDark);
    if (isDark === this.#isDark) this.#setStyle(makeStyle(isDark, base, this.#subject.overlay(isDark)));
  }

  #setStyle(style: StyleSpecification): void {
    this.#isStyled = false;
    this.map.setStyle(style, { diff: false });
  }

  #listen(): void {
    for (const layer of this.#subject.layers) {
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
