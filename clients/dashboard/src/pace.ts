import { type ServerMessage } from '@commonwatch/client';

const SAMPLES_MAX = 600;

/** How much work an update is, on the page's one thread: decoding, folding, map states and list, without what the browser draws. */
export class Pace {
  #samples: number[] = [];
  #current = 0;

  /** Of a message of the live state: a tick ends with its `progress`. */
  addMessage(ms: number, message: ServerMessage): void {
    this.#current += ms;
    if (message.message.case !== 'progress') return;
    this.#samples.push(this.#current);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    this.#current = 0;
  }

  /** Of a redraw of the list; counted with the update that comes next. */
  addDrawing(ms: number): void {
    this.#current += ms;
  }

  get updates(): number {
    return this.#samples.length;
  }

  /** Milliseconds that half of the last updates (0.5), or nine in ten (0.9), took at most. */
  quantile(share: number): number {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}
