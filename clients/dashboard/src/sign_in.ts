import { h } from './element.js';
import { type Page } from './view.js';

const TOKEN_KEY = 'commonwatch.token';
const PURPOSE_KEY = 'commonwatch.purpose';
const GO = 'go';

/** The viewer's token, kept until the tab is closed; empty where the hub needs none. */
export function readToken(): string {
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

/** Why somebody looks: rights may be bound to it, and the audit log keeps it. Empty: what the account says. */
export function readPurpose(): string {
  return sessionStorage.getItem(PURPOSE_KEY) ?? '';
}

/** Asks for the token that the hub wants. One dialog at a time. */
export function showSignIn(page: Page, reason: string): void {
  if (document.querySelector('#sign-in') !== null) return;
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, 'aria-describedby': 'sign-in-reason' });
  const purpose = h('input', { id: 'purpose', autocomplete: 'off', value: readPurpose(), pattern: '[a-z0-9._\\-]*', maxlength: 64 });
  const dialog = h('dialog', { id: 'sign-in', 'aria-labelledby': 'sign-in-title', onclose: () => {
    // Gone first, so that the next refusal finds room for its own.
    dialog.remove();
    if (dialog.returnValue !== GO) return;
    sessionStorage.setItem(TOKEN_KEY, token.value.trim());
    sessionStorage.setItem(PURPOSE_KEY, purpose.value);
    page.connection.stop();
    page.connection.retry();
  } },
    h('form', { method: 'dialog', class: 'column' },
      h('h2', { id: 'sign-in-title' }, 'Sign in'),
      h('p', { id: 'sign-in-reason', class: 'muted' }, readToken() === '' ? 'This hub asks who you are.' : reason),
      h('label', { for: 'token' }, 'Token'), token, h('label', { for: 'purpose' }, 'Purpose'), purpose,
      h('p', { class: 'small muted' }, 'Both from the operator of the hub; an account may have a purpose of its own. They are kept until this tab is closed.'),
      h('button', { class: 'primary', value: GO }, 'Sign in')));
  document.body.append(dialog);
  dialog.showModal();
}
