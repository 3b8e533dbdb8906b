import { ErrorCode, type Fault } from '@commonwatch/client';
import { h } from './element.js';
import { showHelp } from './help.js';
import { listenForKeys } from './shortcuts.js';
import { showSignIn } from './sign_in.js';
import { type Theme } from './preferences.js';
import { type Page } from './view.js';

const THEMES: Record<Theme, [next: Theme, sign: string]> = {
  system: ['light', '◐'], light: ['dark', '☀'], dark: ['system', '☾'],
};

/** The buttons at the end of the bar: theme, sound, help; and what they are by key. */
export function makeTools(page: Page): HTMLElement {
  const { preferences, connection } = page;
  const theme = h('button', { type: 'button', onclick: () => preferences.set('theme', THEMES[preferences.get('theme')][0]) });
  const sound = h('button', { type: 'button', class: 'sound', onclick: () => preferences.set('sound', !preferences.get('sound')) });
  const help = h('button', { type: 'button', 'aria-label': 'Keys and settings', title: 'Keys and settings (?)', onclick: () => showHelp(page) }, '?');
  const draw = () => {
    const chosen = preferences.get('theme');
    theme.textContent = THEMES[chosen][1];
    theme.title = `Colours: ${chosen}`;
    theme.setAttribute('aria-label', `Colours: ${chosen}. Change`);
    sound.textContent = preferences.get('sound') ? '♪' : '✕♪';
    sound.setAttribute('aria-label', 'Sound');
    sound.setAttribute('aria-pressed', String(preferences.get('sound')));
    sound.title = preferences.get('sound') ? 'Sound is on (m)' : 'Sound is off (m)';
  };
  preferences.onChange(draw);
  draw();
  const signIn = h('button', { type: 'button', hidden: true, onclick: () => showSignIn(page, '') }, 'Sign in');
  const ask = (fault: Fault) => {
    if (fault.code !== ErrorCode.UNAUTHENTICATED && fault.code !== ErrorCode.FORBIDDEN) return;
    signIn.hidden = false;
    // A phone reports without being somebody who may see.
    if (page.address.view !== 'report') showSignIn(page, fault.message);
  };
  connection.onState((state) => {
    if (state.name === 'connected') signIn.hidden = true;
    if (state.name === 'refused') ask(state.fault);
  });
  page.live.onFault(ask);
  listenForKeys(preferences, [
    { key: '?', text: 'help', run: () => showHelp(page) },
    { key: 'm', text: 'sound', run: () => sound.click() },
    { key: 'l', text: 'live', run: () => (location.hash = '#/live') },
  ]);
  return h('div', { class: 'tools' }, signIn, sound, theme, help);
}
