import { listAlerts, millis, Severity, type HttpOptions } from '@commonwatch/client';
import { h, s } from '../element.js';
import { dayTime } from '../times.js';

const WIDTH = 1000;
const HEIGHT = 18;
/** While the slider is dragged, so often at most, in milliseconds. */
const SEEK_MS = 200;

/** Where a replay is, and when alerts were opened. The slider is the timeline for mouse, finger and keys. */
export class Timeline {
  readonly #slider = h('input', { type: 'range', min: 0, max: 1000, step: 1, 'aria-label': 'Moment of the replay' });
  readonly #marks = s('svg', { class: 'timeline-marks', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  readonly element = h('div', { class: 'timeline' }, this.#marks, this.#slider);
  #from = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onSeek: (time: number) => void) {
    this.#slider.addEventListener('input', () => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        onSeek(this.#from + Number(this.#slider.value) * 1000);
      }, SEEK_MS);
    });
  }

  setSpan(from: number, to: number): void {
    this.#from = from;
    this.#slider.max = String(Math.max(1, Math.round((to - from) / 1000)));
  }

  draw(time: number): void {
    if (this.#timer !== undefined) return;
    this.#slider.value = String(Math.round((time - this.#from) / 1000));
    this.#slider.setAttribute('aria-valuetext', dayTime(time));
  }

  /** Marks when alerts were opened: a day that is replayed begins to make sense by them. */
  async mark(http: HttpOptions, from: number, to: number): Promise<string> {
    this.#marks.replaceChildren();
    const alerts = (await listAlerts(http, { from, to })).filter(({ openedAt }) => openedAt !== undefined && millis(openedAt) >= from);
    for (const { openedAt, peak } of alerts) {
      const x = ((millis(openedAt!) - from) / (to - from)) * WIDTH;
      this.#marks.append(s('path', { d: `M${x.toFixed(1)} 0V${HEIGHT}`, 'data-severity': Severity[peak].toLowerCase() }));
    }
    return alerts.length === 1 ? '1 alert opened in this time' : `${alerts.length} alerts opened in this time`;
  }
}
