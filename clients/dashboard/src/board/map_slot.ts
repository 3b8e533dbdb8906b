import { h } from '../element.js';
import { type BaseMap, type MapCallbacks, type MapOptions } from '../map/base_map.js';
import { type Page } from '../view.js';

/** Without data the map comes all the same, after so many milliseconds. */
const PATIENCE_MS = 3000;

export interface MapSlotOptions<View> {
  /** Under which the address keeps where the map is. */
  readonly addressName: string;
  readonly legend: HTMLElement;
  readonly callbacks: Omit<MapCallbacks, 'moved'>;
  /** The class, when it is needed: the map library is ten times as large as all that the list needs. */
  load(): Promise<new (container: HTMLElement, options: MapOptions) => View>;
  /** What is to be drawn. */
  ready(view: View): void;
}

/** The place of the map: loaded after the list has been shown, and left out where it cannot be drawn. */
export class MapSlot<View extends BaseMap = BaseMap> {
  readonly #canvas = h('div', { class: 'map' });
  readonly #missing = h('p', { class: 'map-missing notice', 'data-tone': 'warn', hidden: true });
  readonly element = h('section', { class: 'board-map', 'aria-label': 'Map' }, this.#canvas, this.#missing);
  readonly #page: Page;
  readonly #options: MapSlotOptions<View>;
  readonly #observer: ResizeObserver;
  #view: View | undefined;
  readonly #resize = () => this.#view?.resize();
  readonly #patience: ReturnType<typeof setTimeout>;
  #isAsked = false;
  #isEnded = false;

  constructor(page: Page, options: MapSlotOptions<View>) {
    this.#page = page;
    this.#options = options;
    this.element.append(options.legend);
    this.#observer = new ResizeObserver(this.#resize);
    addEventListener('beforeprint', this.#resize);
    this.#observer.observe(this.#canvas);
    this.#patience = setTimeout(() => this.load(), PATIENCE_MS);
  }

  /** After the list has been painted. */
  load(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    clearTimeout(this.#patience);
    requestAnimationFrame(() => setTimeout(() => void this.#load()));
  }

  get view(): View | undefined {
    return this.#view;
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
      const View = await this.#options.load();
      if (this.#isEnded) return;
      const { http, preferences, address } = this.#page;
      const { addressName, callbacks } = this.#options;
      this.#view = new View(this.#canvas, {
        server: http.server, isDark: preferences.isDark, position: address.get(addressName),
        callbacks: { ...callbacks, moved: (text) => this.#isEnded || address.set({ [addressName]: text }) },
      });
      // For those who look into the page from its console.
      Object.assign(this.#canvas, { map: this.#view.map });
      this.#options.ready(this.#view);
      this.element.dataset['map'] = 'drawn';
    } catch (error) {
      this.element.dataset['map'] = 'missing';
      this.#missing.hidden = false;
      this.#missing.textContent = `No map: ${isWithoutWebGl() ? 'this browser cannot draw it (it needs WebGL 2)' : (error as Error).message}. The list shows everything that the map would.`;
      this.#options.callbacks.point(undefined);
    }
  }
}

function isWithoutWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') === null;
}
