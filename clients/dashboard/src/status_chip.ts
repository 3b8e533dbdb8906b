import { h, s, setText } from './element.js';
import { type Shown } from './freshness.js';
import { clockTime } from './times.js';

// Told apart by shape, not by colour alone.
const SHAPES: Record<Shown['name'], string> = {
  connecting: 'M8 2a6 6 0 1 1-6 6',
  live: 'M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10z',
  figures: 'M3 13V9M8 13V3M13 13V6',
  delayed: 'M8 2L14 13H2z',
  reconnecting: 'M3 8a5 5 0 0 1 9-3M13 8a5 5 0 0 1-9 3',
  offline: 'M3 3L13 13M13 3L3 13',
  refused: 'M4 7h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  paused: 'M5 3v10M11 3v10',
  replay: 'M5 3L13 8L5 13z',
  reporting: 'M8 14V3M3.5 7.5L8 3l4.5 4.5',
};

/** What is the newest that there is. */
const PRESENT = new Set<Shown['name']>(['live', 'figures', 'connecting']);

/** Whether to trust what is shown: always in sight. */
export class StatusChip {
  readonly #path = s('path', { d: SHAPES.connecting });
  readonly #label = h('strong');
  readonly #detail = h('span', { class: 'chip-detail' });
  readonly #clock = h('time', { class: 'chip-clock' });
  readonly element = h('div', { class: 'chip', id: 'status' },
    s('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true', class: 'chip-shape' }, this.#path),
    this.#label, this.#detail, this.#clock);

  draw(shown: Shown, now: number): void {
    if (this.element.dataset['state'] !== shown.name) {
      this.element.dataset['state'] = shown.name;
      this.#path.setAttribute('d', SHAPES[shown.name]);
    }
    setText(this.#label, shown.label);
    setText(this.#detail, shown.detail);
    const isPast = !PRESENT.has(shown.name) && shown.at !== undefined;
    setText(this.#clock, isPast ? `showing ${clockTime(shown.at ?? now, now)}` : clockTime(now, now));
  }
}
