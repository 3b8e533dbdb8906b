import { h } from '../element.js';

/** A part of the list that opens: a title with a summary, and a table below. Redraws what differs. */
export class DetailTable {
  readonly #summary = h('span', { class: 'small' });
  readonly #body = h('tbody');
  readonly element: HTMLDetailsElement;
  #drawn = '';

  constructor(title: string, columns: readonly string[], note = '') {
    this.element = h('details', { class: 'section detail' },
      h('summary', {}, h('h2', {}, title), this.#summary),
      h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
        h('table', {}, h('thead', {}, h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column)))), this.#body)),
      note !== '' && h('p', { class: 'small muted' }, note));
  }

  /** The first cell of a row names it. */
  draw(summary: string, rows: readonly (readonly string[])[], tone: 'calm' | 'warn' = 'calm'): void {
    const state = JSON.stringify([summary, tone, rows]);
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.#summary.textContent = summary;
    this.element.dataset['tone'] = tone;
    this.#body.replaceChildren(...rows.map((cells) => h('tr', {}, ...cells.map((cell, column) =>
      (column === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: 'numeric' }, cell))))));
  }
}
