import { millis, Severity, type Hotspot } from '@commonwatch/client';
import { h, setText } from '../element.js';
import { age } from '../freshness.js';
import { type History, type Trend } from './history.js';
import { Sparkline } from './sparkline.js';
import { countText, expectedText, rarityText, SEVERITY_TEXT, windowText } from './texts.js';

const TREND_TEXT: Record<Trend, string> = {
  new: '✳ new', rising: '▲ rising', steady: '▬ steady', falling: '▼ falling', unknown: '',
};

export interface RowFacts {
  readonly hotspot: Hotspot;
  readonly rank: number;
  readonly name: string;
  readonly where: string;
  /** Who reported it, as far as an alert's evidence says so. */
  readonly agencies: string;
  readonly chosen: boolean;
  readonly now: number;
  readonly history: History;
}

/** A hotspot in the ranked list: one button, that says all the map shows. */
export class HotspotRow {
  readonly #rank = h('span', { class: 'row-rank numeric' });
  readonly #name = h('span', { class: 'row-name' });
  readonly #severity = h('span', { class: 'badge' });
  readonly #count = h('strong', { class: 'numeric' });
  readonly #against = h('span', { class: 'numeric' });
  readonly #rare = h('span', { class: 'row-rare numeric' });
  readonly #trend = h('span', { class: 'row-trend' });
  readonly #where = h('span', { class: 'row-where muted small numeric' });
  readonly #more = h('span', { class: 'row-more muted small' });
  readonly #spark = new Sparkline();
  readonly button = h('button', { class: 'row', type: 'button' },
    this.#rank,
    this.#name,
    h('span', { class: 'row-figures' }, this.#count, ' ', this.#against),
    this.#where,
    h('span', { class: 'row-side' }, this.#severity, this.#spark.element, this.#trend),
    h('span', { class: 'row-foot small' }, this.#rare, ' ', this.#more));
  readonly element = h('li', {}, this.button);
  #id = '';

  get id(): string {
    return this.#id;
  }

  draw({ hotspot, rank, name, where, agencies, chosen, now, history }: RowFacts): void {
    this.#id = hotspot.id;
    this.button.dataset['id'] = hotspot.id;
    const severity = Severity[hotspot.severity].toLowerCase();
    if (this.button.dataset['severity'] !== severity) this.button.dataset['severity'] = severity;
    if (chosen) this.button.setAttribute('aria-current', 'true');
    else this.button.removeAttribute('aria-current');
    setText(this.#rank, String(rank));
    setText(this.#name, name);
    setText(this.#where, where === name ? '' : where);
    setText(this.#severity, SEVERITY_TEXT[hotspot.severity]);
    setText(this.#count, countText(hotspot.count));
    setText(this.#against, `in ${windowText(hotspot.windowHours)}, ${expectedText(hotspot.expected)} expected`);
    setText(this.#rare, rarityText(hotspot.intervalDays));
    setText(this.#trend, TREND_TEXT[history.trend(hotspot.id, now)]);
    setText(this.#more, more(hotspot, agencies, now));
    this.#spark.draw(history.points(hotspot.id), hotspot.expected, now);
  }
}

function more(hotspot: Hotspot, agencies: string, now: number): string {
  const parts: string[] = [];
  if (hotspot.lastOccurredAt !== undefined) parts.push(`last ${age(now - millis(hotspot.lastOccurredAt))} ago`);
  if (hotspot.fatal > 0) parts.push(`${hotspot.fatal} fatal`);
  if (agencies !== '') parts.push(agencies);
  if (hotspot.provisional) parts.push('provisional');
  return parts.map((part) => `· ${part}`).join(' ');
}
