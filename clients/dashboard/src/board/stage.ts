import { type HotspotState, type Stop } from '@commonwatch/client';
import { type Page } from '../view.js';
import { type AnyBoard, type BoardOptions } from './any_board.js';
import { Board } from './board.js';

export type Kind = AnyBoard['shown']['kind'];

/** Undefined: nothing has come that tells. */
function kindOf(state: HotspotState): Kind | undefined {
  if (state.isOfFigures) return 'figures';
  const hasHotspots = state.sources().length > 0 || !state.hotspots().next().done;
  return hasHotspots ? 'hotspots' : undefined;
}

/** Holds the board that the state asks for: hotspots or, for an audience that is shown figures, those. */
export class Stage {
  readonly #page: Page;
  readonly #options: BoardOptions;
  readonly #onKind: (kind: Kind) => void;
  readonly #stop: Stop;
  #wanted: Kind = 'hotspots';
  #board: AnyBoard;
  #isEnded = false;

  constructor(page: Page, options: BoardOptions, onKind: (kind: Kind) => void = () => {}) {
    this.#page = page;
    this.#options = options;
    this.#onKind = onKind;
    this.#board = new Board(page, options);
    this.#stop = options.feed.onChange(() => void this.#follow());
    void this.#follow();
  }

  get board(): AnyBoard {
    return this.#board;
  }

  end(): void {
    this.#isEnded = true;
    this.#stop();
    this.#board.end();
  }

  async #follow(): Promise<void> {
    const kind = kindOf(this.#options.feed.state);
    if (kind === undefined || kind === this.#wanted) return;
    this.#wanted = kind;
    const make = kind === 'figures' ? (await import('../figures/figure_board.js')).FigureBoard : Board;
    // What came in the meantime may have asked for the other one again, or the view was left.
    if (this.#wanted !== kind || this.#isEnded || this.#board.shown.kind === kind) return;
    const before = this.#board;
    this.#board = new make(this.#page, this.#options);
    if (before.isPaused) this.#board.pause(true);
    before.element.replaceWith(this.#board.element);
    before.end();
    this.#options.filters.setKind(kind);
    this.#onKind(kind);
  }
}
