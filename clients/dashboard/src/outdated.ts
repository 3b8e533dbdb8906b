import { h } from './element.js';

/** A part of the page could not be loaded: the hub was upgraded and has other files now, or cannot be reached. */
export function showOutdated(): void {
  if (document.querySelector('#outdated') !== null) return;
  document.body.append(h('div', { id: 'outdated', class: 'notice', 'data-tone': 'warn', role: 'alert' },
    h('p', {}, 'A part of this page could not be loaded. The hub may have a newer one, or cannot be reached.'),
    h('button', { type: 'button', onclick: () => location.reload() }, 'Reload'),
    h('button', { type: 'button', class: 'quiet', onclick: () => document.querySelector('#outdated')?.remove() }, 'Not now')));
}
