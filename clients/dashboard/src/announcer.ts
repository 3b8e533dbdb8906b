import { h } from './element.js';

/** No more than one announcement in this time, in milliseconds: a screen reader has to be able to finish. */
export const ANNOUNCE_EVERY_MS = 15_000;

/** Tells a screen reader what changed, politely and seldom. What comes in between waits; the last one counts. */
export class Announcer {
  readonly element = h('div', { class: 'visually-hidden', 'aria-live': 'polite', role: 'status' });
  #saidAt = -ANNOUNCE_EVERY_MS;
  #next: (() => string) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `text` is asked for when it is said, so that it holds then; an empty one is not said. */
  announce(text: () => string): void {
    this.#next = text;
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#saidAt + ANNOUNCE_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#say(), wait);
  }

  #say(): void {
    this.#timer = undefined;
    const text = this.#next?.() ?? '';
    if (text === '') return;
    this.#saidAt = performance.now();
    this.element.textContent = text;
  }
}
