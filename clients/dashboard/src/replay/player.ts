import { Replay, type Ended, type Fault, type Stop } from '@commonwatch/client';
import { type AnyBoard } from '../board/any_board.js';
import { type Filters } from '../board/filters.js';
import { Stage } from '../board/stage.js';
import { type Page } from '../view.js';
import { type Span } from './span.js';

interface Lane {
  readonly from: number;
  readonly replay: Replay;
  readonly stage: Stage;
}

/** One or two periods that play at the same pace. */
export class Player {
  readonly #lanes: Lane[] = [];
  readonly #stops: Stop[] = [];
  readonly span: Span;

  constructor(page: Page, filters: Filters, span: Span, onFault: (fault: Fault) => void, onEnd: (ended: Ended) => void) {
    this.span = span;
    for (const from of span.compare === undefined ? [span.from] : [span.from, span.compare]) {
      const replay = new Replay(page.connection, {
        from, to: from + span.to - span.from, knowledge: span.knowledge, audience: span.audience, speed: span.speed,
      });
      const feed = { state: replay.state, onChange: replay.onChange.bind(replay), now: () => replay.now() };
      const isFirst = this.#lanes.length === 0;
      const audience = () => span.audience || page.audience();
      this.#lanes.push({ from, replay, stage: new Stage(page, { feed, filters, audience, prefix: isFirst ? '' : 'b.' }) });
      this.#stops.push(replay.onFault(onFault));
      if (isFirst) this.#stops.push(replay.onEnd(onEnd));
    }
  }

  get boards(): readonly AnyBoard[] {
    return this.#lanes.map(({ stage }) => stage.board);
  }

  /** The first period's; the second is as far into its own. */
  get replay(): Replay {
    return this.#lanes[0]!.replay;
  }

  get isPlaying(): boolean {
    return !this.replay.paused && this.replay.ended === undefined;
  }

  now(): number {
    return this.replay.now();
  }

  /** Plays from the beginning where it had come to its end. */
  play(): void {
    const again = this.replay.ended !== undefined;
    for (const { replay, from } of this.#lanes) {
      if (again) replay.seek(from);
      if (replay.paused) replay.resume();
    }
  }

  pause(): void {
    for (const { replay } of this.#lanes) replay.pause();
  }

  seek(time: number): void {
    for (const { replay, from } of this.#lanes) replay.seek(from + time - this.span.from);
  }

  setSpeed(speed: number): void {
    for (const { replay } of this.#lanes) replay.setSpeed(speed);
  }

  end(): void {
    for (const stop of this.#stops) stop();
    for (const { replay, stage } of this.#lanes) {
      replay.stop();
      stage.end();
    }
  }
}
