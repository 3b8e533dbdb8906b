import { type Emptiness } from '../board/emptiness.js';

/** What it means that no figure is listed; never that there was nobody. */
export function figureEmptiness(isShown: boolean, passedOver: number): Emptiness {
  if (!isShown) {
    return { title: 'No data', text: 'Nothing has come from the hub yet. This says nothing about the city.', tone: 'bad' };
  }
  if (passedOver > 0) {
    return { title: 'Hidden by the filters', text: `${passedOver} zones do not match what is looked for above.`, tone: 'warn' };
  }
  return {
    title: 'No figures yet',
    text: 'The first come when a whole period is over that began after the hub took up its agreements. This says nothing about the city.',
    tone: 'warn',
  };
}
