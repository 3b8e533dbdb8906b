import { h } from '../element.js';

/** One line of the list, that redraws itself. */
export interface Row<Facts> {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  draw(facts: Facts): void;
}

/** Rows that are shown at first, and that each click adds. */
const ROWS_STEP = 50;

/** The ranked list. Rows are kept and moved, so that focus and a reader's place stay. */
export class RankedList<Item extends { readonly id: string }, Facts> {
  readonly #rows = new Map<string, Row<Facts>>();
  readonly #list = h('ol', { class: 'rows' });
  readonly #more = h('button', { type: 'button', class: 'more', onclick: () => this.#showMore() });
  readonly element = h('div', {}, this.#list, this.#more);
  readonly #makeRow: () => Row<Facts>;
  readonly #onChoose: (id: string) => void;
  readonly #redraw: () => void;
  #limit = ROWS_STEP;

  constructor(makeRow: () => Row<Facts>, onChoose: (id: string) => void, onPoint: (id: string | undefined) => void, redraw: () => void) {
    this.#makeRow = makeRow;
    this.#onChoose = onChoose;
    this.#redraw = redraw;
    const point = (event: Event) =>
      onPoint((event.target as Element).closest<HTMLElement>('.row')?.dataset['id']);
    this.#list.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('.row');
      if (row?.dataset['id'] !== undefined) this.#onChoose(row.dataset['id']);
    });
    this.#list.addEventListener('mouseover', point);
    this.#list.addEventListener('focusin', point);
    this.#list.addEventListener('mouseleave', () => onPoint(undefined));
  }

  /** `label`: what the list is of, and in which order. */
  draw(label: string, ranked: readonly Item[], facts: (item: Item, rank: number) => Facts): void {
    this.#list.setAttribute('aria-label', label);
    const shown = ranked.slice(0, this.#limit);
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    // A row that is moved loses the focus.
    const focused = this.#list.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
    let at: Element | null = this.#list.firstElementChild;
    shown.forEach((item, index) => {
      let row = this.#rows.get(item.id);
      if (row === undefined) this.#rows.set(item.id, (row = this.#makeRow()));
      row.draw(facts(item, index + 1));
      if (row.element === at) at = at.nextElementSibling;
      else this.#list.insertBefore(row.element, at);
    });
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    const rest = ranked.length - shown.length;
    this.#more.hidden = rest <= 0;
    this.#more.textContent = `Show ${Math.min(rest, ROWS_STEP)} more of ${rest}`;
  }

  /** The row before or behind the one in focus, or the chosen one; `j` and `k`. */
  move(step: 1 | -1, chosen: string | undefined): void {
    const buttons = [...this.#list.querySelectorAll<HTMLButtonElement>('.row')];
    const current = buttons.findIndex((button) => button === document.activeElement || button.dataset['id'] === chosen);
    const next = buttons[current < 0 ? 0 : Math.max(0, Math.min(buttons.length - 1, current + step))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }

  reveal(id: string): void {
    this.#rows.get(id)?.button.scrollIntoView({ block: 'nearest' });
  }

  #showMore(): void {
    this.#limit += ROWS_STEP;
    this.#redraw();
  }
}
