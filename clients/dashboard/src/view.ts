import { type Connection, type HttpOptions, type Stop, type Subscription } from '@commonwatch/client';
import { type Address } from './address.js';
import { type Announcer } from './announcer.js';
import { type Shown } from './freshness.js';
import { type Pace } from './pace.js';
import { type Preferences } from './preferences.js';

/** What the page gives to the view that is open. */
export interface Page {
  readonly connection: Connection;
  /** The live state, folded from the start on, whatever view is open. */
  readonly live: Subscription;
  readonly http: HttpOptions;
  readonly address: Address;
  readonly preferences: Preferences;
  readonly announcer: Announcer;
  /** How much work the updates of the live state are. */
  readonly pace: Pace;
  /** Whose view it is, as the hub said last; empty: it has not said. */
  audience(): string;
  /** What the status chip is to say in place of the live state: a replay, a pause. Undefined: live. */
  show(shown: Shown | undefined): void;
}

/** A view fills an empty element, and says how to end it. */
export type Mount = (root: HTMLElement, page: Page) => Stop;

export interface ViewEntry {
  /** In the address: `#/live`. */
  readonly name: string;
  readonly title: string;
  load(): Promise<{ readonly mount: Mount }>;
}
