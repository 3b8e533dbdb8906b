import { Severity, type Selection } from '@commonwatch/client';
import { type Address } from '../address.js';
import { h } from '../element.js';
import { SEVERITY_TEXT, windowText } from './texts.js';

const WINDOWS = [6, 12, 24, 48, 96, 168];
const SEVERITIES: Record<string, Severity> = { note: Severity.NOTE, watch: Severity.WATCH, alert: Severity.ALERT };

/** What the address chooses; what it does not know, it passes over. */
export function selectionOf(address: Address): Selection & { readonly text: string } {
  const hours = Number(address.get('window'));
  const severityMin = SEVERITIES[address.get('severity') ?? ''];
  return {
    ...(WINDOWS.includes(hours) ? { windowHoursMax: hours } : {}),
    ...(severityMin === undefined ? {} : { severityMin }),
    text: (address.get('q') ?? '').trim().toLowerCase(),
  };
}

/** Windows, severity and words, all kept in the address. */
export class Filters {
  readonly #address: Address;
  readonly #window = h('select', { id: 'filter-window', onchange: () => this.#write() },
    h('option', { value: '' }, 'any window'),
    ...WINDOWS.map((hours) => h('option', { value: hours }, `up to ${windowText(hours)}`)));
  readonly #severity = h('select', { id: 'filter-severity', onchange: () => this.#write() },
    h('option', { value: '' }, 'all'),
    ...Object.entries(SEVERITIES).map(([name, severity]) =>
      h('option', { value: name }, severity === Severity.ALERT ? 'alerts only' : `${SEVERITY_TEXT[severity].toLowerCase()} and above`)));
  readonly search = h('input', {
    id: 'filter-text', type: 'search', placeholder: 'County, area, agency', autocomplete: 'off', oninput: () => this.#write(),
  });
  readonly #ofHotspots = [h('label', { for: 'filter-window' }, 'Window'), this.#window, h('label', { for: 'filter-severity' }, 'Severity'), this.#severity];
  readonly element = h('form', { class: 'filters', role: 'search', 'aria-label': 'Filters', onsubmit: (event: Event) => event.preventDefault() },
    ...this.#ofHotspots,
    h('label', { for: 'filter-text', class: 'visually-hidden' }, 'Search places'), this.search);

  constructor(address: Address) {
    this.#address = address;
    this.read();
  }

  /** Figures have neither windows nor a severity. */
  setKind(kind: 'hotspots' | 'figures'): void {
    for (const element of this.#ofHotspots) element.hidden = kind === 'figures';
    this.search.placeholder = kind === 'figures' ? 'County' : 'County, area, agency';
  }

  read(): void {
    this.#window.value = this.#address.get('window') ?? '';
    this.#severity.value = this.#address.get('severity') ?? '';
    const text = this.#address.get('q') ?? '';
    if (this.search.value !== text) this.search.value = text;
  }

  clear(): void {
    this.#address.set({ window: undefined, severity: undefined, q: undefined });
    this.read();
  }

  #write(): void {
    this.#address.set({ window: this.#window.value, severity: this.#severity.value, q: this.search.value });
  }
}
