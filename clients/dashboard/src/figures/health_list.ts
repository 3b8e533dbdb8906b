import { type BandedHealth } from '@commonwatch/client';
import { DetailTable } from '../board/detail_table.js';
import { byTrouble, isInTrouble, STATE_TEXT, summary } from '../board/source_list.js';

const EVERYBODY_TEXT = 'small sources of all partners';

/** How well the sources deliver, in bands: as of the last figures, and never finer. */
export class HealthList {
  readonly #table = new DetailTable('Sources', ['Source', 'State', 'Stands for'],
    'As of the newest figures, in bands; small sources are put together.');
  readonly element = this.#table.element;

  draw(health: readonly BandedHealth[]): void {
    const named = byTrouble(health.map(({ name, state, sources }) => ({ name: name === '' ? EVERYBODY_TEXT : name, state, sources })));
    this.#table.draw(named.length === 0 ? 'too few to be told' : summary(named),
      named.map(({ name, state, sources }) => [name, STATE_TEXT[state], sources > 1 ? `${sources} sources` : 'one source']),
      named.some(isInTrouble) ? 'warn' : 'calm');
  }
}
