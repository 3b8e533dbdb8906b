import { h } from './element.js';
import { type Page } from './view.js';

const KEY = 'commonwatch.token';

/** The viewer's token, kept until the tab is closed; empty where the hub needs none. */
export function readToken(): string {
  return sessionStorage.getItem(KEY) ?? '';
}

function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token.trim());
}

/** Asks for the token that the hub wants. One dialog at a time. */
export function showSignIn(page: Page, reason: string): void {
  if (document.querySelector('#sign-in') !== null) return;
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, 'aria-describedby': 'sign-in-reason' });
  const dialog = h('dialog', { id: 'sign-in', 'aria-labelledby': 'sign-in-title', onclose: () => dialog.remove() },
    h('form', { method: 'dialog', class: 'column', onsubmit: () => {
      keepToken(token.value);
      page.connection.retry();
    } },
      h('h2', { id: 'sign-in-title' }, 'Sign in'),
      h('p', { id: 'sign-in-reason', class: 'muted' }, readToken() === '' ? 'This hub asks who you are.' : reason),
      h('label', { for: 'token' }, 'Token'), token,
      h('p', { class: 'small muted' }, 'From the operator of the hub. It is kept until this tab is closed.'),
      h('button', { class: 'primary' }, 'Sign in')));
  document.body.append(dialog);
  dialog.showModal();
}
