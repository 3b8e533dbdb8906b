import { ErrorCode, Fault, request } from '@commonwatch/client';
import { type Device } from './device.js';
import { eventOf, retractionOf, UNDO_MS_MAX, UNSENT_MS_MAX, type Report } from './entry.js';
import { type Sealed, type SealedStore } from './sealed_store.js';

const BATCH_MAX = 100;
const LOCK = 'commonwatch-report';
const RETRY_MS = 15_000;

/** An event on its way. What it says is sealed; the rest is needed to send it once. */
export interface Entry {
  readonly name: string;
  readonly enteredAt: number;
  /** Given before the first attempt, and kept for every further one: that is what makes it arrive once. */
  readonly sequence?: number;
  readonly sentAt?: number;
  /** The hub's words, if it took the event and refused it. */
  readonly refused?: string;
  /** Of a retraction: what it takes back. */
  readonly retracts?: string;
  readonly undone?: boolean;
  readonly content: Sealed;
}

export interface Shown extends Entry {
  readonly report: Report;
}

interface Content {
  readonly report: Report;
  readonly event: object;
}

interface Published {
  readonly rejections?: readonly { sequence: string; code: string; message: string }[];
}

type Sent = 'all' | 'nothing' | 'later' | 'dead';

/** Sends what was entered, in order and exactly once, as soon as the hub can be reached. */
export class Outbox {
  readonly #store: SealedStore;
  readonly #server: string;
  readonly #device: Device;
  readonly #onChange: () => void;
  readonly #onDead: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #entered = 0;
  #problem = '';

  /** `onDead`: the token was revoked or has expired; everything kept here is gone. */
  constructor(store: SealedStore, server: string, device: Device, onChange: () => void, onDead: () => void) {
    this.#store = store;
    this.#server = server;
    this.#device = device;
    this.#onChange = onChange;
    this.#onDead = onDead;
  }

  start(): void {
    this.#timer = setInterval(() => void this.send(), RETRY_MS);
    addEventListener('online', this.#online);
    void this.send();
  }

  stop(): void {
    clearInterval(this.#timer);
    removeEventListener('online', this.#online);
  }

  /** Why the last attempt did not get through; empty: it did. */
  get problem(): string {
    return this.#problem;
  }

  async add(report: Report): Promise<void> {
    const name = crypto.randomUUID();
    const content = await this.#store.seal({ report, event: eventOf(name, report) } satisfies Content);
    await this.#store.write('entries', name, { name, enteredAt: this.#now(), content } satisfies Entry);
    this.#onChange();
    void this.send();
  }

  /** What was never tried is only taken out; the rest is retracted at the hub. */
  async undo(name: string): Promise<void> {
    const entry = await this.#store.read<Entry>('entries', name);
    const held = entry && (await this.#store.unseal<Content>(entry.content));
    if (entry === undefined || held === undefined) return;
    const content = await this.#store.seal({ report: held.report, event: retractionOf(name, held.report.occurredAt) } satisfies Content);
    let wasTried = false;
    await this.#store.change<Entry>('entries', [name], (now) => {
      wasTried = now.sequence !== undefined;
      return wasTried ? { ...now, undone: true } : undefined;
    });
    const undo = crypto.randomUUID();
    if (wasTried) await this.#store.write('entries', undo, { name: undo, enteredAt: this.#now(), retracts: name, content } satisfies Entry);
    this.#onChange();
    void this.send();
  }

  /** The reports of this phone, newest first, as long as they are kept. */
  async list(): Promise<Shown[]> {
    const shown = await Promise.all((await this.#entries()).filter(({ retracts }) => retracts === undefined).map(async (entry) => {
      const content = await this.#store.unseal<Content>(entry.content);
      return content && { ...entry, report: content.report };
    }));
    return shown.filter((entry) => entry !== undefined).reverse();
  }

  /** One at a time in this browser, whatever tabs are open. */
  async send(): Promise<void> {
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      await this.#forget();
      for (let sent: Sent = 'all'; sent === 'all';) {
        sent = await this.#sendBatch();
        if (sent === 'dead') {
          this.stop();
          await this.#store.clear();
          this.#onDead();
        }
        this.#onChange();
      }
    });
  }

  readonly #online = (): void => void this.send();

  /** Later than any other of this page, so that a report comes before its retraction. */
  #now(): number {
    this.#entered = Math.max(this.#entered + 1, Date.now());
    return this.#entered;
  }

  async #entries(): Promise<Entry[]> {
    return (await this.#store.all<Entry>('entries')).sort((a, b) => a.enteredAt - b.enteredAt);
  }

  async #forget(): Promise<void> {
    const now = Date.now();
    const isOver = ({ enteredAt, sentAt }: Entry) => (sentAt === undefined ? now - enteredAt > UNSENT_MS_MAX : now - sentAt > UNDO_MS_MAX);
    const over = (await this.#entries()).filter(isOver).map(({ name }) => name);
    if (over.length > 0) await this.#store.change<Entry>('entries', over, () => undefined);
  }

  async #sendBatch(): Promise<Sent> {
    try {
      const batch = (await this.#numbered()).slice(0, BATCH_MAX);
      if (batch.length === 0) return 'nothing';
      await this.#settle(batch, await this.#post(batch));
      this.#problem = '';
      return 'all';
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === ErrorCode.UNAUTHENTICATED) return 'dead';
      this.#problem = error.message;
      if (error.code !== ErrorCode.SEQUENCE_GAP) return 'later';
      // One that was numbered has been forgotten, or the hub lost what it had: numbered anew next time.
      await this.#change(await this.#numbered(), ({ sequence: _, ...entry }) => entry);
      return 'later';
    }
  }

  /** What has a number and no answer; where there is none, what waits is given numbers. */
  async #numbered(): Promise<Entry[]> {
    const waiting = (await this.#entries()).filter(({ sentAt }) => sentAt === undefined);
    const bySequence = (a: Entry, b: Entry) => a.sequence! - b.sequence!;
    const numbered = waiting.filter(({ sequence }) => sequence !== undefined).sort(bySequence);
    if (numbered.length > 0 || waiting.length === 0) return numbered;
    const position = await this.#ask(`/v1/sources/${this.#device.source}`);
    let last = Number((position as { lastSequence?: string }).lastSequence ?? 0);
    // A hub that was restored from a backup remembers less than it took: what is still kept goes again.
    const lost = (await this.#entries()).filter(({ sentAt, sequence }) => sentAt !== undefined && sequence! > last);
    await this.#change(lost, ({ sequence: _, sentAt: __, ...entry }) => entry);
    const unsent = (await this.#entries()).filter(({ sentAt }) => sentAt === undefined);
    const names = unsent.slice(0, BATCH_MAX).map(({ name }) => name);
    await this.#store.change<Entry>('entries', names, (entry) => ({ ...entry, sequence: (last += 1) }));
    return (await this.#entries()).filter(({ sentAt, sequence }) => sentAt === undefined && sequence !== undefined).sort(bySequence);
  }

  async #post(batch: readonly Entry[]): Promise<Published> {
    const events = await Promise.all(batch.map(async ({ content }) => (await this.#store.unseal<Content>(content))?.event ?? {}));
    return (await this.#ask(`/v1/events?source=${this.#device.source}&first_sequence=${batch[0]!.sequence}`, {
      method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' },
      body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    })) as Published;
  }

  async #settle(batch: readonly Entry[], { rejections = [] }: Published): Promise<void> {
    const refusals = new Map(rejections.map((each) => [Number(each.sequence), each]));
    await this.#change(batch, ({ sequence, ...entry }) => {
      const refusal = refusals.get(sequence!);
      // Another event has this number: one that was forgotten here, and arrived after all.
      if (refusal?.code === 'ERROR_CODE_CONFLICT') return entry;
      return { ...entry, sequence, sentAt: Date.now(), ...(refusal ? { refused: refusal.message } : {}) };
    });
  }

  async #change(entries: readonly Entry[], change: (entry: Entry) => Entry): Promise<void> {
    await this.#store.change<Entry>('entries', entries.map(({ name }) => name), change);
  }

  #ask(path: string, init?: RequestInit): Promise<unknown> {
    return request({ server: this.#server, token: () => this.#device.token }, path, init);
  }
}
