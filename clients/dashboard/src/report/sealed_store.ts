// What a phone keeps of its reports: in IndexedDB, sealed with a key that this browser holds and no
// script can read. Whoever copies the browser's files without the browser gets nothing.

const DATABASE = 'commonwatch-report';
const STORES = { keys: 'keys', entries: 'entries', device: 'device' } as const;
type Store = keyof typeof STORES;
const KEY = 'sealing';

export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser cannot keep reports'));
  });
}

export class SealedStore {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Rejects where the browser keeps nothing (a private window) or has no encryption (no TLS). */
  static async open(): Promise<SealedStore> {
    if (!globalThis.isSecureContext) throw new Error('reports can be entered over TLS only; open this page by its https:// address');
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of Object.values(STORES)) request.result.createObjectStore(name);
    };
    return new SealedStore(await settled(request));
  }

  async seal(value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return { iv, sealed: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await this.#key(), bytes) };
  }

  /** Undefined: it was sealed with another key, or altered. */
  async unseal<Value>({ iv, sealed }: Sealed): Promise<Value | undefined> {
    try {
      const bytes = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await this.#key(), sealed);
      return JSON.parse(new TextDecoder().decode(bytes)) as Value;
    } catch {
      return undefined;
    }
  }

  async read<Value>(store: Store, name: string): Promise<Value | undefined> {
    return settled(this.#database.transaction(store).objectStore(store).get(name)) as Promise<Value | undefined>;
  }

  async write(store: Store, name: string, value: unknown): Promise<void> {
    await settled(this.#database.transaction(store, 'readwrite', { durability: 'strict' }).objectStore(store).put(value, name));
  }

  async all<Value>(store: Store): Promise<Value[]> {
    return settled(this.#database.transaction(store).objectStore(store).getAll()) as Promise<Value[]>;
  }

  /** One step that nobody else can come between: each value is replaced, or taken out where `change` gives undefined. */
  async change<Value>(store: Store, names: readonly string[], change: (value: Value) => Value | undefined): Promise<void> {
    const transaction = this.#database.transaction(store, 'readwrite', { durability: 'strict' });
    const objects = transaction.objectStore(store);
    for (const name of names) {
      const request = objects.get(name) as IDBRequest<Value | undefined>;
      request.onsuccess = () => {
        if (request.result === undefined) return;
        const next = change(request.result);
        if (next === undefined) objects.delete(name);
        else objects.put(next, name);
      };
    }
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('the browser cannot keep reports'));
    });
  }

  /** Everything, and the key with it. */
  async clear(): Promise<void> {
    const transaction = this.#database.transaction(Object.values(STORES), 'readwrite');
    for (const name of Object.values(STORES)) transaction.objectStore(name).clear();
    await new Promise<void>((resolve) => (transaction.oncomplete = () => resolve()));
  }

  async #key(): Promise<CryptoKey> {
    const held = await this.read<CryptoKey>('keys', KEY);
    if (held !== undefined) return held;
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    // Of two tabs that begin at once, the first one's key stands.
    const store = this.#database.transaction('keys', 'readwrite').objectStore('keys');
    await settled(store.add(made, KEY)).catch(() => undefined);
    return (await this.read<CryptoKey>('keys', KEY)) ?? made;
  }
}
