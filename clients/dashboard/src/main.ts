import { Connection, Subscription } from '@commonwatch/client';
import { Address } from './address.js';
import { Announcer } from './announcer.js';
import { h } from './element.js';
import { Preferences } from './preferences.js';
import { Shell } from './shell.js';
import { readToken } from './sign_in.js';
import { type Page } from './view.js';
import { VIEWS } from './views.js';

const http = { server: location.origin, token: readToken, purpose: 'dashboard' };
const connection = new Connection({ ...http, client: 'commonwatch-dashboard/0.1' });
const root = document.querySelector<HTMLElement>('#page')!;
let shell: Shell | undefined;
const page: Page = {
  connection, http,
  live: new Subscription(connection),
  address: new Address(),
  preferences: new Preferences(),
  announcer: new Announcer(),
  show: (shown) => shell?.show(shown),
};
shell = new Shell(root, page, VIEWS, h('div', { class: 'tools' }));
connection.start();
addEventListener('online', () => connection.retry());
