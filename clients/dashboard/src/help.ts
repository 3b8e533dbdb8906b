import { h } from './element.js';
import { type Page } from './view.js';

const KEYS: [string, string][] = [
  ['/', 'search places'], ['j  k', 'next and previous in the list'], ['Enter', 'what it rests on'],
  ['p', 'pause, or play in a replay'], ['l', 'back to live'], ['e', 'export'], ['m', 'sound on or off'],
  ['Esc', 'close'], ['?', 'this help'],
];

/** Keys, switches, and how much work the page is. */
export function showHelp(page: Page): void {
  const { preferences, pace } = page;
  const tick = (name: 'shortcuts' | 'sound', text: string) => h('label', { class: 'check' },
    h('input', { type: 'checkbox', checked: preferences.get(name), onchange: (event: Event) =>
      preferences.set(name, (event.target as HTMLInputElement).checked) }), ` ${text}`);
  const dialog = h('dialog', { 'aria-labelledby': 'help-title', onclose: () => dialog.remove() },
    h('header', {}, h('h2', { id: 'help-title' }, 'Keys and settings'),
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close the help', onclick: () => dialog.close() }, '✕')),
    h('dl', { class: 'keys' }, ...KEYS.flatMap(([key, text]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, text)])),
    tick('shortcuts', 'Keys of one letter work'),
    tick('sound', 'A short tone when an alert asks'),
    h('p', { class: 'small muted numeric', id: 'pace' }, pace.updates === 0 ? 'No updates yet.'
      : `Work per update: ${pace.quantile(0.5).toFixed(2)} ms in the median, ${pace.quantile(0.9).toFixed(2)} ms in nine of ten, of the last ${pace.updates}.`));
  document.body.append(dialog);
  dialog.showModal();
}
