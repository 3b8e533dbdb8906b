import { type Stop } from '@commonwatch/client';

/** `#/live?window=24`: which view, and what it shows, so that a link shows the same to somebody else. */
export class Address {
  #view = '';
  #query = new URLSearchParams();
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#read();
    addEventListener('hashchange', () => {
      this.#read();
      for (const listener of [...this.#listeners]) listener();
    });
  }

  get view(): string {
    return this.#view;
  }

  get(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }

  /** Changes the query without a step in the browser's history; undefined takes a name out. */
  set(values: Record<string, string | number | undefined>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined || value === '') this.#query.delete(name);
      else this.#query.set(name, String(value));
    }
    history.replaceState(history.state, '', Address.to(this.#view, this.#query));
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  static to(view: string, query?: URLSearchParams): string {
    const text = query?.toString() ?? '';
    return `#/${view}${text === '' ? '' : `?${text}`}`;
  }

  #read(): void {
    const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
    this.#view = path;
    this.#query = new URLSearchParams(query);
  }
}
