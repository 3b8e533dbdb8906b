import { h } from '../element.js';

export type Tab = 'list' | 'map';

/** On a phone one of the two is in sight, on anything wider both. */
export class Tabs {
  readonly #onShow: (tab: Tab) => void;
  #board: HTMLElement | undefined;

  constructor(onShow: (tab: Tab) => void) {
    this.#onShow = onShow;
  }

  /** The board, of a list, a map, and what lies over them. */
  board(...parts: HTMLElement[]): HTMLElement {
    const button = (tab: Tab, text: string) =>
      h('button', { type: 'button', 'data-tab': tab, 'aria-pressed': String(tab === 'list'), onclick: () => this.show(tab) }, text);
    this.#board = h('div', { class: 'board', 'data-tab': 'list' },
      h('div', { class: 'board-tabs', role: 'group', 'aria-label': 'Show' }, button('list', 'List'), button('map', 'Map')), ...parts);
    return this.#board;
  }

  show(tab: Tab): void {
    if (this.#board === undefined) return;
    this.#board.dataset['tab'] = tab;
    for (const button of this.#board.querySelectorAll<HTMLElement>('.board-tabs button')) {
      button.setAttribute('aria-pressed', String(button.dataset['tab'] === tab));
    }
    this.#onShow(tab);
  }
}
