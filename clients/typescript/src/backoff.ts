/** Time before the first new attempt, and the longest between two, in milliseconds. */
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_MAX_MS = 20_000;

/** Pauses between attempts: doubling, and random by half, so that many clients do not come back at once. */
export class Backoff {
  #attempts = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds to wait; not less than what the hub asked for. */
  next(askedMs = 0): number {
    const whole = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(this.#attempts, 16), BACKOFF_MAX_MS);
    this.#attempts += 1;
    return Math.max(askedMs, whole / 2 + this.#random() * (whole / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
