import { h, setText } from '../element.js';
import { periodText } from './figure_texts.js';
import { periodName, type ZoneFigure } from './zone_figure.js';

/** Which period, which zone: above the list. */
export class FigureControls {
  readonly #period: HTMLSelectElement;
  readonly #zone = h('span', { class: 'row-name' });
  readonly #all: HTMLButtonElement;
  readonly element: HTMLElement;
  #options = '';

  constructor(onPeriod: (name: string | undefined) => void, onAllZones: () => void) {
    // The newest is whatever is newest, also tomorrow: no name in the address.
    this.#period = h('select', { 'aria-label': 'Period', onchange: () => onPeriod(this.#period.selectedIndex === 0 ? undefined : this.#period.value) });
    this.#all = h('button', { type: 'button', onclick: onAllZones }, 'All zones');
    this.element = h('div', { class: 'figure-controls' }, h('span', { class: 'muted small', 'aria-hidden': 'true' }, 'Period'), this.#period, this.#zone, this.#all);
  }

  draw(periods: readonly ZoneFigure[], period: ZoneFigure | undefined, zoneName: string | undefined): void {
    const options = periods.map(({ start }) => start).join();
    if (options !== this.#options) {
      this.#options = options;
      this.#period.replaceChildren(...periods.map((each, index) =>
        h('option', { value: periodName(each.start) }, index === 0 ? `${periodText(each)} (newest)` : periodText(each))));
    }
    this.element.hidden = periods.length === 0;
    if (period !== undefined) this.#period.value = periodName(period.start);
    this.#all.hidden = zoneName === undefined;
    setText(this.#zone, zoneName ?? '');
  }
}
