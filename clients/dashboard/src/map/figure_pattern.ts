import { NO_FIGURE } from './figure_ramp.js';

export type PatternName = keyof typeof NO_FIGURE;

const SIZE = 12;
const DOT_RADIUS = 1.6;
/** In pixels across the lines. */
const LINE_WIDTH = 2.4;

/** Whether there is ink in the middle of a pixel; the tile fits to itself on every side. */
function isInked(name: PatternName, x: number, y: number): boolean {
  if (name === 'none') return (x + y) % SIZE < LINE_WIDTH * Math.SQRT2;
  const away = (at: number, period: number) => Math.min(at % period, period - (at % period));
  return Math.hypot(away(x + 0.5, SIZE / 2), away(y + 0.5, SIZE / 2)) < DOT_RADIUS;
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** A tile of the pattern on nothing: dots are what is hidden, slanting lines what nobody delivered. */
export function patternOf(name: PatternName, isDark: boolean): ImageData {
  const image = new ImageData(SIZE, SIZE);
  const ink = channels(isDark ? NO_FIGURE[name].dark : NO_FIGURE[name].light);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) if (isInked(name, x, y)) image.data.set([...ink, 255], 4 * (y * SIZE + x));
  }
  return image;
}
