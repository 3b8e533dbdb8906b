import { h } from '../element.js';
import { dayTime } from '../times.js';
import { UNDO_MS_MAX } from './entry.js';
import { type Shown } from './outbox.js';

const OUTCOME_TEXTS = { unknown: 'outcome not known', nonfatal: 'alive', fatal: 'died' };

function stateOf({ sentAt, refused, undone }: Shown): string {
  if (refused !== undefined) return `Refused: ${refused}`;
  if (undone === true) return 'Taken back';
  return sentAt === undefined ? 'Waits to be sent' : 'Sent';
}

function item(entry: Shown, undo: (name: string) => void): HTMLElement {
  const { report: { occurredAt, outcome, doses, place }, sentAt, refused, undone } = entry;
  const canUndo = undone !== true && refused === undefined && (sentAt === undefined || Date.now() - sentAt < UNDO_MS_MAX);
  const state = stateOf(entry);
  return h('li', { class: 'card sent', 'data-state': state.split(/[: ]/)[0]!.toLowerCase() },
    h('div', {},
      h('p', {}, h('strong', {}, dayTime(occurredAt)), ` · ${OUTCOME_TEXTS[outcome]} · ${doses} ${doses === 1 ? 'dose' : 'doses'}`),
      h('p', { class: 'small muted numeric' }, `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`),
      h('p', { class: 'small sent-state' }, state)),
    canUndo && h('button', { type: 'button', onclick: () => undo(entry.name), 'aria-label': `Undo the report of ${dayTime(occurredAt)}` }, 'Undo'));
}

export function sentList(entries: readonly Shown[], problem: string, undo: (name: string) => void): HTMLElement {
  const waiting = entries.filter(({ sentAt }) => sentAt === undefined).length;
  return h('section', { class: 'sent-list', 'aria-labelledby': 'sent-title' },
    h('h2', { id: 'sent-title' }, 'From this phone'),
    h('p', { class: 'muted', role: 'status' }, entries.length === 0 ? 'Nothing in the last hour.'
      : waiting === 0 ? 'All sent.' : `${waiting} not sent yet: kept here, sealed, for 72 hours at most.`),
    waiting > 0 && problem !== '' && h('p', { class: 'notice small', 'data-tone': 'warn' }, `Last attempt: ${problem}`),
    h('ul', {}, ...entries.map((entry) => item(entry, undo))));
}
