import { h } from '../element.js';
import { RAMP } from '../map/ramp.js';

/** What the colours of a map mean. */
export function legend(title: string, entries: readonly [swatch: Record<string, string>, text: string][]): HTMLElement {
  return h('div', { class: 'legend card small' }, h('strong', {}, title),
    h('ul', {}, ...entries.map(([swatch, text]) => h('li', {}, h('span', { class: 'swatch', ...swatch }), text))));
}

export function hotspotLegend(): HTMLElement {
  return legend('By chance once in', RAMP.slice(1).map(({ text }, index) => [{ 'data-class': String(index + 1) }, text]));
}
