import { h } from '../element.js';
import { type Page } from '../view.js';
import { DOSES_MAX, type Outcome, type Report } from './entry.js';
import { PlacePicker } from './place_picker.js';

const MINUTE_MS = 60_000;
const AGES: readonly [minutes: number, text: string][] = [[0, 'Now'], [15, '15 min ago'], [60, '1 h ago']];
const OUTCOMES: readonly [Outcome, string][] = [['nonfatal', 'Alive'], ['fatal', 'Died'], ['unknown', 'Not known']];
const DOSES: readonly [string, string][] = [['0', 'None'], ['1', '1'], ['2', '2'], ['3', '3'], ['4', '4']];

/** A row of large buttons of which one is chosen. */
function choice(name: string, legend: string, options: readonly (readonly [string, string])[], chosen: string): HTMLElement {
  return h('fieldset', { class: 'card choice' }, h('legend', {}, legend),
    h('div', { class: 'segments' }, ...options.map(([value, text]) =>
      h('label', {}, h('input', { type: 'radio', name, value, checked: value === chosen }), h('span', {}, text)))));
}

/** One incident, in as few taps as it takes. */
export class ReportForm {
  readonly element: HTMLFormElement;
  readonly #place: PlacePicker;
  readonly #submit = h('button', { class: 'primary report-send', disabled: true }, 'Report');
  readonly #exact = h('input', { type: 'datetime-local', id: 'exact-time' });

  constructor(page: Page, onReport: (report: Report) => Promise<void>) {
    this.#place = new PlacePicker(page, () => (this.#submit.disabled = this.#place.place === undefined));
    const more = h('input', { type: 'number', id: 'more-doses', min: '0', max: String(DOSES_MAX), inputmode: 'numeric' });
    this.element = h('form', { class: 'report-form', onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      const report = this.#read(more.value);
      if (report !== undefined) void onReport(report).then(() => this.#clear());
    } },
      this.#place.element,
      choice('outcome', 'The person', OUTCOMES, 'nonfatal'),
      choice('doses', 'Naloxone doses given', DOSES, '0'),
      choice('age', 'When', AGES.map(([minutes, text]) => [String(minutes), text]), '0'),
      h('details', { class: 'card' }, h('summary', {}, 'More doses, or another time'),
        h('label', { for: 'more-doses' }, `Doses, up to ${DOSES_MAX}`), more,
        h('label', { for: 'exact-time' }, 'Time'), this.#exact),
      this.#submit,
      h('p', { class: 'small muted' }, 'Never a name, address or other words about a person: there is no field for them.'));
  }

  end(): void {
    this.#place.end();
  }

  #read(moreDoses: string): Report | undefined {
    const place = this.#place.place;
    const data = new FormData(this.element);
    const exact = this.#exact.value === '' ? undefined : new Date(this.#exact.value).getTime();
    return place && {
      place,
      occurredAt: exact ?? Date.now() - Number(data.get('age')) * MINUTE_MS,
      outcome: data.get('outcome') as Outcome,
      doses: Math.min(DOSES_MAX, Number(moreDoses === '' ? data.get('doses') : moreDoses)),
    };
  }

  #clear(): void {
    this.element.reset();
    this.#place.clear();
  }
}
