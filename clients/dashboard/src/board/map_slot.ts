import { type Hotspot } from '@commonwatch/client';
import { h } from '../element.js';
import { type MapCallbacks, type MapView } from '../map/map_view.js';
import { RAMP } from '../map/ramp.js';
import { type Page } from '../view.js';

/** Without data the map comes all the same, after so many milliseconds. */
const PATIENCE_MS = 3000;

/** The place of the map: loaded after the list has been shown, and left out where it cannot be drawn. */
export class MapSlot {
  readonly #canvas = h('div', { class: 'map' });
  readonly #missing = h('p', { class: 'map-missing notice', 'data-tone': 'warn', hidden: true });
  readonly element = h('section', { class: 'board-map', 'aria-label': 'Map' }, this.#canvas, this.#missing, legend());
  readonly #page: Page;
  readonly #callbacks: MapCallbacks;
  readonly #addressName: string;
  readonly #observer: ResizeObserver;
  #view: MapView | undefined;
  readonly #resize = () => this.#view?.resize();
  #hotspots: readonly Hotspot[] = [];
  readonly #patience: ReturnType<typeof setTimeout>;
  #isAsked = false;
  #isEnded = false;

  /** `addressName`: under which the address keeps where the map is. */
  constructor(page: Page, addressName: string, callbacks: MapCallbacks) {
    this.#page = page;
    this.#callbacks = callbacks;
    this.#addressName = addressName;
    this.#observer = new ResizeObserver(this.#resize);
    addEventListener('beforeprint', this.#resize);
    this.#observer.observe(this.#canvas);
    this.#patience = setTimeout(() => this.load(), PATIENCE_MS);
  }

  /** After the list has been painted: the map library is ten times as large as all that the list needs. */
  load(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    clearTimeout(this.#patience);
    requestAnimationFrame(() => setTimeout(() => void this.#load()));
  }

  get view(): MapView | undefined {
    return this.#view;
  }

  setHotspots(hotspots: readonly Hotspot[]): void {
    this.#hotspots = hotspots;
    this.#view?.setHotspots(hotspots);
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#patience);
    this.#observer.disconnect();
    removeEventListener('beforeprint', this.#resize);
    this.#view?.remove();
  }

  async #load(): Promise<void> {
    try {
      const { MapView } = await import('../map/map_view.js');
      if (this.#isEnded) return;
      const { http, preferences, address } = this.#page;
      this.#view = new MapView(this.#canvas, http.server, preferences.isDark, address.get(this.#addressName), {
        ...this.#callbacks,
        moved: (text) => this.#isEnded || address.set({ [this.#addressName]: text }),
      });
      // For those who look into the page from its console.
      Object.assign(this.#canvas, { map: this.#view.map });
      this.#view.setHotspots(this.#hotspots);
      this.element.dataset['map'] = 'drawn';
    } catch (error) {
      this.element.dataset['map'] = 'missing';
      this.#missing.hidden = false;
      this.#missing.textContent = `No map: ${isWithoutWebGl() ? 'this browser cannot draw it (it needs WebGL 2)' : (error as Error).message}. The list shows everything that the map would.`;
      this.#callbacks.point(undefined);
    }
  }
}

function isWithoutWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') === null;
}

function legend(): HTMLElement {
  return h('div', { class: 'legend card small' },
    h('strong', {}, 'By chance once in'),
    h('ul', {}, ...RAMP.slice(1).map((_, index) =>
      h('li', {}, h('span', { class: 'swatch', 'data-class': String(index + 1) }), RAMP[index + 1]!.text))));
}
