import { legend } from '../board/legend.js';
import { FIGURE_RAMP, NO_FIGURE } from '../map/figure_ramp.js';

export function figureLegend(): HTMLElement {
  return legend('Persons', [
    ...FIGURE_RAMP.map(({ text }, index): [Record<string, string>, string] => [{ 'data-figure': String(index) }, text]),
    [{ 'data-figure': 'hidden' }, NO_FIGURE.hidden.text], [{ 'data-figure': 'none' }, NO_FIGURE.none.text],
  ]);
}
