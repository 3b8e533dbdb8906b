import { type Stop } from '@commonwatch/client';
import { type Preferences } from './preferences.js';

export interface Shortcut {
  readonly key: string;
  readonly text: string;
  run(): void;
}

/** Shortcuts of one key: not while somebody types, nor where they are switched off. */
export function listenForKeys(preferences: Preferences, shortcuts: readonly Shortcut[]): Stop {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!preferences.get('shortcuts') && event.key !== 'Escape') return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (event.key !== 'Escape' && event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) return;
    const found = shortcuts.find(({ key }) => key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found.run();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
