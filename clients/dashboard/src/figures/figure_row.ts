import { Severity } from '@commonwatch/client';
import { type Row } from '../board/ranked_list.js';
import { h, setText } from '../element.js';
import { figureStep } from '../map/figure_ramp.js';
import { alertText, classText, outcomeText, severityText, stateText } from './figure_texts.js';
import { kindOf, type ZoneFigure } from './zone_figure.js';

export interface FigureFacts {
  readonly figure: ZoneFigure;
  readonly rank: number;
  readonly name: string;
  /** What else tells it from the others. */
  readonly where: string;
  readonly chosen: boolean;
}

/** A zone and a period in the list: one button, that says all the map shows. */
export class FigureRow implements Row<FigureFacts> {
  readonly #rank = h('span', { class: 'row-rank numeric' });
  readonly #name = h('span', { class: 'row-name' });
  readonly #persons = h('strong', { class: 'numeric' });
  readonly #outcome = h('span', { class: 'numeric' });
  readonly #where = h('span', { class: 'row-where muted small numeric' });
  readonly #badge = h('span', { class: 'badge' });
  readonly #foot = h('span', { class: 'row-foot small' });
  readonly button = h('button', { class: 'row', type: 'button' },
    this.#rank, this.#name,
    h('span', { class: 'row-figures' }, this.#persons, this.#outcome),
    this.#where, h('span', { class: 'row-side' }, this.#badge), this.#foot);
  readonly element = h('li', {}, this.button);

  draw({ figure, rank, name, where, chosen }: FigureFacts): void {
    const data = this.button.dataset;
    data['id'] = figure.id;
    data['zone'] = figure.token;
    data['figure'] = kindOf(figure.state) === 'shown' ? String(figureStep(figure.persons)) : kindOf(figure.state);
    if (chosen) this.button.setAttribute('aria-current', 'true');
    else this.button.removeAttribute('aria-current');
    const [only] = figure.counts;
    const outcome = figure.counts.length === 1 && only !== undefined ? outcomeText(only) : '';
    const worst = figure.alerts.reduce((most, { severity }) => Math.max(most, severity), Severity.UNSPECIFIED);
    const alert = figure.alerts.find(({ severity }) => severity === worst);
    setText(this.#rank, String(rank));
    setText(this.#name, name);
    setText(this.#persons, stateText(figure.state, figure.persons));
    setText(this.#outcome, outcome === '' ? '' : `, ${outcome}`);
    setText(this.#where, where);
    setText(this.#badge, alert === undefined ? '' : severityText(alert));
    this.#badge.hidden = alert === undefined;
    setText(this.#foot, footOf(figure).join(' · '));
  }
}

function footOf({ counts, alerts, isPending }: ZoneFigure): string[] {
  const [first] = counts;
  return [
    ...alerts.map(alertText),
    ...(counts.length > 1 ? counts.map(classText) : [`shared with ${first?.sharedWith ?? 'nobody'}`]),
    isPending ? 'may still be revised' : 'final',
  ];
}
