import { s } from '../element.js';
import { type Point } from './history.js';

const WIDTH = 72;
const HEIGHT = 22;

/** Steps from the first point to now; redraws into the same element. */
export class Sparkline {
  readonly #path = s('path', { class: 'spark-line' });
  readonly #expected = s('path', { class: 'spark-expected' });
  readonly element = s('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    this.#expected, this.#path);
  #drawn = '';

  draw(points: readonly Point[], expected: number, now: number): void {
    const first = points[0];
    if (first === undefined) return;
    const top = Math.max(expected, ...points.map(({ count }) => count)) * 1.1;
    const y = (value: number) => (HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1);
    const span = Math.max(1, now - first.at);
    const x = (at: number) => (((at - first.at) / span) * WIDTH).toFixed(1);
    let path = `M0 ${y(first.count)}`;
    for (const { at, count } of points.slice(1)) path += `H${x(at)}V${y(count)}`;
    path += `H${WIDTH}`;
    if (path === this.#drawn) return;
    this.#drawn = path;
    this.#path.setAttribute('d', path);
    this.#expected.setAttribute('d', `M0 ${y(expected)}H${WIDTH}`);
  }
}
