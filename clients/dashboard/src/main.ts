import { Connection, Subscription } from '@commonwatch/client';
import { Address } from './address.js';
import { Announcer } from './announcer.js';
import { publishRamp } from './map/ramp.js';
import { Pace } from './pace.js';
import { Preferences } from './preferences.js';
import { Shell } from './shell.js';
import { readPurpose, readToken } from './sign_in.js';
import { showOutdated } from './outdated.js';
import { makeTools } from './tools.js';
import { type Page } from './view.js';
import { VIEWS } from './views.js';

const root = document.querySelector<HTMLElement>('#page')!;
const http = { server: location.origin, token: readToken, purpose: readPurpose };
const pace = new Pace();
const connection = new Connection({
  ...http, client: 'commonwatch-dashboard/0.1', onSpent: (ms, message) => message.replay === 0 && pace.addMessage(ms, message),
});
let shell: Shell | undefined;
let audience = '';
connection.onState((state) => {
  if (state.name === 'connected') audience = state.welcome.audience;
});
const page: Page = {
  connection, http, pace,
  live: new Subscription(connection),
  address: new Address(),
  preferences: new Preferences(),
  announcer: new Announcer(),
  audience: () => audience,
  show: (shown) => shell?.show(shown),
};
publishRamp(document.documentElement);
shell = new Shell(root, page, VIEWS, makeTools(page));
connection.start();

// The network is back, or somebody looks at the page again: no need to wait for the next attempt.
const hurry = () => connection.state.name === 'waiting' && connection.retry();
addEventListener('online', hurry);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hurry());
addEventListener('vite:preloadError', showOutdated);
