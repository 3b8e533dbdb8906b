import { HealthState, type SourceHealth } from '@commonwatch/client';

export interface Emptiness {
  readonly title: string;
  readonly text: string;
  readonly tone: 'calm' | 'warn' | 'bad';
}

/** The audience of a hub without agreements. */
export const EVERYBODY = 'all';

/** What it means that nothing is listed. "No data" and "nothing found" are not the same, and look different. */
export function emptiness(isShown: boolean, sources: readonly SourceHealth[], hidden: number, audience = ''): Emptiness {
  if (!isShown) {
    return { title: 'No data', text: 'Nothing has come from the hub yet. This says nothing about the city.', tone: 'bad' };
  }
  if (hidden > 0) {
    return { title: 'Hidden by the filters', text: `${hidden} hotspots do not match what is chosen above.`, tone: 'warn' };
  }
  if (sources.length === 0 && audience !== '' && audience !== EVERYBODY) {
    return {
      title: 'Nothing yet',
      text: `The audience ${audience} is shown nothing yet. If it is shown figures, the first come when a whole period is over that began after the hub took up its agreements. This says nothing about the city.`,
      tone: 'bad',
    };
  }
  if (sources.length === 0) {
    // The hub judges sources at whole minutes: there may be reports already.
    return { title: 'No data', text: 'The hub knows of no source yet. This says nothing about the city.', tone: 'bad' };
  }
  const count = (state: HealthState) => sources.filter((source) => source.state === state).length;
  const silent = count(HealthState.SILENT);
  if (silent === sources.length) {
    return { title: 'No data', text: 'Every source is silent. This says nothing about the city.', tone: 'bad' };
  }
  const troubled = silent + count(HealthState.LATE);
  if (troubled > 0) {
    return {
      title: 'Nothing beyond expectation in what has come',
      text: `${troubled} of ${sources.length} sources are late or silent: what they know is not in here.`,
      tone: 'warn',
    };
  }
  if (count(HealthState.STARTING) === sources.length) {
    return {
      title: 'Nothing beyond expectation so far',
      text: 'The sources are new. What is usual has to be learnt first; until then little can stand out.',
      tone: 'warn',
    };
  }
  return { title: 'Nothing beyond expectation', text: `${sources.length} sources deliver on time.`, tone: 'calm' };
}
