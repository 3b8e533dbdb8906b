import { h } from '../element.js';
import { DAY_MS, localText, PRESETS, timeOf, type Span } from './span.js';

/** Which period, whose eyes, which knowledge. Says so when it is sent, not while it is typed. */
export class SpanForm {
  readonly #from = h('input', { id: 'replay-from', type: 'datetime-local', required: true });
  readonly #to = h('input', { id: 'replay-to', type: 'datetime-local', required: true });
  readonly #known = h('select', { id: 'replay-known' },
    h('option', { value: 'then' }, 'as known then'), h('option', { value: 'now' }, 'as known now'));
  readonly #audience = h('input', { id: 'replay-audience', placeholder: 'own', autocomplete: 'off', size: 10 });
  readonly #isCompared = h('input', { id: 'replay-compare', type: 'checkbox', onchange: () => this.#showCompare() });
  readonly #compare = h('input', { id: 'replay-compare-from', type: 'datetime-local', 'aria-label': 'The other period begins', hidden: true });
  readonly element: HTMLFormElement;
  #span: Span;

  constructor(span: Span, onSubmit: (span: Span) => void) {
    this.#span = span;
    const preset = h('select', { 'aria-label': 'Choose a period', onchange: () => {
      const chosen = PRESETS[Number(preset.value)]?.span(Date.now());
      preset.value = '';
      if (chosen !== undefined) onSubmit({ ...this.#read(), ...chosen });
    } }, h('option', { value: '' }, 'Period…'), ...PRESETS.map(({ text }, index) => h('option', { value: index }, text)));
    this.element = h('form', { class: 'span-form', 'aria-label': 'What to replay', onsubmit: (event: Event) => {
      event.preventDefault();
      onSubmit(this.#read());
    } },
      preset,
      h('label', { for: 'replay-from' }, 'From'), this.#from, h('label', { for: 'replay-to' }, 'to'), this.#to,
      h('label', { for: 'replay-known', class: 'visually-hidden' }, 'Knowledge'), this.#known,
      h('label', { for: 'replay-audience' }, 'Audience'), this.#audience,
      h('label', { class: 'check' }, this.#isCompared, ' Compare with'), this.#compare,
      h('button', { class: 'primary' }, 'Replay'));
    this.show(span);
  }

  show(span: Span): void {
    this.#span = span;
    this.#from.value = localText(span.from);
    this.#to.value = localText(span.to);
    this.#known.value = span.knowledge;
    this.#audience.value = span.audience;
    this.#isCompared.checked = span.compare !== undefined;
    // A week before: the same hours of the same weekday.
    this.#compare.value = localText(span.compare ?? span.from - 7 * DAY_MS);
    this.#showCompare();
  }

  #showCompare(): void {
    this.#compare.hidden = !this.#isCompared.checked;
  }

  #read(): Span {
    const from = timeOf(this.#from.value) ?? this.#span.from;
    const to = Math.max(timeOf(this.#to.value) ?? this.#span.to, from + 1000);
    return {
      ...this.#span, from, to,
      knowledge: this.#known.value === 'now' ? 'now' : 'then',
      audience: this.#audience.value.trim(),
      compare: this.#isCompared.checked ? timeOf(this.#compare.value) : undefined,
    };
  }
}
