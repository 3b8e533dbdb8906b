import { type Stop } from '@commonwatch/client';

export type Theme = 'system' | 'light' | 'dark';

interface Values {
  theme: Theme;
  /** Shortcuts of a single key can be in the way of dictation (WCAG 2.1.4). */
  shortcuts: boolean;
  sound: boolean;
}

const DEFAULTS: Values = { theme: 'system', shortcuts: true, sound: false };
const KEY = 'commonwatch.preferences';

/** What a person chose, kept in this browser. Nothing about what is shown. */
export class Preferences {
  #values: Values;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#values = { ...DEFAULTS, ...read() };
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#tell());
  }

  get<Name extends keyof Values>(name: Name): Values[Name] {
    return this.#values[name];
  }

  set<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    this.#values = { ...this.#values, [name]: value };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
    this.#apply();
    this.#tell();
  }

  get isDark(): boolean {
    const { theme } = this.#values;
    return theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  }

  onChange(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.#values.theme;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function read(): Partial<Values> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Values>;
  } catch {
    return {};
  }
}
