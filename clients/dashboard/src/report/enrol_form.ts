import { h, setText } from '../element.js';
import { type Page } from '../view.js';
import { enrol, makeCode, type Device } from './device.js';
import { type SealedStore } from './sealed_store.js';

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A phone becomes a source of its agency by a code that somebody reads out. */
export function enrolForm(page: Page, store: SealedStore, reason: string | undefined, onEnrolled: (device: Device) => void): HTMLElement {
  const code = h('input', { id: 'code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', required: true, placeholder: '7KQM-R4XT' });
  const said = h('p', { class: 'notice', 'data-tone': 'bad', role: 'alert', hidden: true });
  const made = h('p', { class: 'code', role: 'status' });
  const say = (text: string) => {
    said.hidden = false;
    setText(said, text);
  };
  return h('section', { class: 'report-form', 'aria-labelledby': 'enrol-title' },
    reason !== undefined && h('p', { class: 'notice', 'data-tone': 'bad', role: 'alert' }, reason),
    h('form', { class: 'card enrol', onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      said.hidden = true;
      enrol(store, page.http.server, code.value).then(onEnrolled, (error: unknown) => say(wordsOf(error)));
    } },
      h('h2', { id: 'enrol-title' }, 'Enrol this phone'),
      h('p', { class: 'muted' }, 'Once, with a code from your agency. From then on this phone reports for it, also without a network.'),
      h('label', { for: 'code' }, 'Code'), code,
      h('button', { class: 'primary report-send' }, 'Enrol'), said),
    h('details', { class: 'card' }, h('summary', {}, 'Make a code for somebody else'),
      h('p', { class: 'muted' }, 'For those who are signed in and may enrol. It works once, for 15 minutes.'),
      h('button', { type: 'button', class: 'big', onclick: () => makeCode(page.http).then(
        (answer) => setText(made, answer.code), (error: unknown) => setText(made, wordsOf(error))) }, 'Make a code'),
      made));
}
