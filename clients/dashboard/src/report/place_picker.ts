import { h, setText } from '../element.js';
import { type Page } from '../view.js';
import { SURE_ACCURACY_M, type Place } from './entry.js';
import { facilityNear } from './facilities.js';

/** How far beside the wished point a finger lands, in pixels of the screen. */
const FINGER_PX = 22;
const GPS_TIMEOUT_MS = 20_000;
const METRES_PER_PIXEL_AT_0 = 78_271.5;
const STREET_ZOOM = 16;
const TYPED_ACCURACY_M = 20;

function askPosition(found: (place: Place) => void, failed: (text: string) => void): void {
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude, accuracy } }) => found({ latitude, longitude, accuracyM: Math.min(accuracy, 100_000) }),
    ({ code }) => failed(code === 1
      ? 'This browser may not tell the position; allow it, or tap on the map.'
      : 'No position was found; tap on the map.'),
    { enableHighAccuracy: true, timeout: GPS_TIMEOUT_MS, maximumAge: 15_000 });
}

/** Where it happened: here, or a tap on the map, or typed. What is not known well, or is at a facility, has to be confirmed. */
export class PlacePicker {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #onChange: () => void;
  readonly #text = h('p', { class: 'place-text', role: 'status' });
  readonly #confirm = h('div', { class: 'notice', 'data-tone': 'warn', hidden: true });
  readonly #mapSlot = h('div', { class: 'place-map', hidden: true });
  readonly #typed = h('input', { id: 'typed-place', inputmode: 'text', placeholder: '40.1152, -75.3441', autocomplete: 'off' });
  #place: Place | undefined;
  #facility: string | undefined;
  #isConfirmed = false;
  #pin: { show(place: Place): void; goTo(place: Place): void; hide(): void; end(): void } | undefined;

  constructor(page: Page, onChange: () => void) {
    this.#page = page;
    this.#onChange = onChange;
    this.element = h('fieldset', { class: 'card place' },
      h('legend', {}, 'Where'),
      h('div', { class: 'pair' },
        h('button', { type: 'button', class: 'big', onclick: () => this.#locate() }, 'I am there'),
        h('button', { type: 'button', class: 'big', onclick: () => void this.#openMap() }, 'Tap on the map')),
      this.#mapSlot, this.#text, this.#confirm,
      h('details', {}, h('summary', {}, 'Type coordinates'),
        h('label', { for: 'typed-place' }, 'Latitude, longitude in degrees'), this.#typed,
        h('button', { type: 'button', onclick: () => this.#type() }, 'Use')));
    this.#draw();
  }

  /** Undefined: none was chosen, or it waits to be confirmed. */
  get place(): Place | undefined {
    return this.#isConfirmed ? this.#place : undefined;
  }

  clear(): void {
    this.#set(undefined);
  }

  end(): void {
    this.#pin?.end();
  }

  #set(place: Place | undefined): void {
    this.#place = place;
    this.#facility = place && facilityNear(this.#page.live.state, place);
    this.#isConfirmed = place !== undefined && place.accuracyM <= SURE_ACCURACY_M && this.#facility === undefined;
    if (place === undefined) this.#pin?.hide();
    else this.#pin?.show(place);
    this.#draw();
    this.#onChange();
  }

  #locate(): void {
    setText(this.#text, 'Asking for the position…');
    askPosition((place) => {
      this.#set(place);
      this.#pin?.goTo(place);
    }, (text) => setText(this.#text, text));
  }

  #type(): void {
    const [latitude, longitude] = this.#typed.value.split(/[,\s]+/).map(Number);
    const isPlace = [latitude, longitude].every(Number.isFinite) && Math.abs(latitude!) <= 90 && Math.abs(longitude!) <= 180;
    const place = { latitude: latitude!, longitude: longitude!, accuracyM: TYPED_ACCURACY_M };
    if (isPlace) {
      this.#set(place);
      this.#pin?.goTo(place);
    } else setText(this.#text, 'Two numbers, such as 40.1152, -75.3441.');
  }

  async #openMap(): Promise<void> {
    this.#mapSlot.hidden = false;
    if (this.#pin !== undefined) return;
    try {
      const [{ HotspotMap }, { Marker }] = await Promise.all([import('../map/hotspot_map.js'), import('maplibre-gl')]);
      const nothing = () => undefined;
      const position = this.#place && `${STREET_ZOOM}/${this.#place.latitude}/${this.#place.longitude}`;
      const view = new HotspotMap(this.#mapSlot, {
        server: this.#page.http.server, isDark: this.#page.preferences.isDark, position,
        callbacks: { choose: nothing, point: nothing, moved: nothing },
      });
      view.setHotspots([...this.#page.live.state.hotspots()]);
      const marker = new Marker({ color: '#a3203a' });
      const show = ({ latitude, longitude }: Place) => marker.setLngLat([longitude, latitude]).addTo(view.map);
      const goTo = ({ latitude, longitude }: Place) => void view.map.jumpTo({ center: [longitude, latitude], zoom: STREET_ZOOM });
      this.#pin = { show, goTo, hide: () => void marker.remove(), end: () => view.remove() };
      if (this.#place !== undefined) show(this.#place);
      // A map of the whole country is far from ten seconds.
      else askPosition(goTo, () => undefined);
      view.map.on('click', ({ lngLat: { lat, lng } }) => {
        const metresPerPixel = METRES_PER_PIXEL_AT_0 * Math.cos((lat * Math.PI) / 180) / 2 ** view.map.getZoom();
        this.#set({ latitude: lat, longitude: lng, accuracyM: Math.max(10, Math.min(FINGER_PX * metresPerPixel, 100_000)) });
      });
    } catch {
      this.#mapSlot.hidden = true;
      setText(this.#text, 'This browser cannot draw the map, or it cannot be loaded now; use the position, or type it.');
    }
  }

  #draw(): void {
    const place = this.#place;
    const radius = place && (place.accuracyM >= 1000 ? `${(place.accuracyM / 1000).toFixed(1)} km` : `${Math.ceil(place.accuracyM)} m`);
    setText(this.#text, place ? `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}, within ${radius}` : 'No place yet.');
    this.#confirm.hidden = place === undefined || this.#isConfirmed;
    this.#confirm.replaceChildren(
      h('p', {}, place && place.accuracyM > SURE_ACCURACY_M
        ? `The place is known to within ${radius} only. Come nearer on the map and tap again, or say that it will do.`
        : `This is at ${this.#facility ?? ''}. Was it there, or is it only where you stand now?`),
      h('button', { type: 'button', class: 'big', onclick: () => {
        this.#isConfirmed = true;
        this.#draw();
        this.#onChange();
      } }, 'Yes, it was there'));
  }
}
