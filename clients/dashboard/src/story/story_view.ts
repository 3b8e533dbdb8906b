import { Fault, listAlerts, type Stop } from '@commonwatch/client';
import { h, setText } from '../element.js';
import { dayTime } from '../times.js';
import { type Page } from '../view.js';
import { EventReader } from './event_reader.js';
import { countAlerts, countReports } from './figures.js';
import { Month } from './month.js';
import { dailyChart, definitions, keyFigures, partnerTable, type Figures } from './tables.js';
import '../styles/story.css';

const POPULATION_MAX = 1e9;
const wordsOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));

/** A month of the coalition beside the same one a year before, to print and to talk about. */
export function mount(root: HTMLElement, page: Page): Stop {
  const { address } = page;
  const input = h('input', { type: 'month', id: 'month', onchange: () => address.set({ month: input.value }) });
  const people = h('input', {
    type: 'number', id: 'population', min: '1', max: String(POPULATION_MAX), step: '1', placeholder: 'not stated',
    onchange: () => address.set({ population: people.value }),
  });
  const title = h('h1', {});
  const said = h('p', { class: 'muted small', role: 'status' });
  const body = h('div', { class: 'story-body' });
  root.append(h('div', { class: 'story' },
    h('div', { class: 'story-bar' },
      h('label', { for: 'month' }, 'Month'), input, h('label', { for: 'population' }, 'Population'), people,
      h('button', { type: 'button', onclick: () => print() }, 'Print')),
    title, said, body, definitions()));
  let reading = new AbortController();
  const draw = async () => {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    const month = Month.of(address.get('month'), page.connection.hubNow());
    const population = Number(address.get('population') ?? 0);
    const isKnown = population >= 1 && population <= POPULATION_MAX;
    input.value = month.text;
    people.value = isKnown ? String(population) : '';
    setText(title, month.title);
    setText(said, 'Reading…');
    const faults = new Set<string>();
    // One after the other: a hub serves few replays at a time.
    const now = await readFigures(page, month, signal, faults);
    const before = await readFigures(page, month.yearBefore, signal, faults);
    if (signal.aborted) return;
    const who = page.connection.state.name === 'connected' ? page.connection.state.welcome.audience : '';
    setText(said, [`As known ${dayTime(page.connection.hubNow())}${who === '' ? '' : `, as far as the audience “${who}” may see`}, days in ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`,
      isKnown ? '' : 'No population is stated: rates are left out.', ...faults].join(' '));
    body.replaceChildren(keyFigures(now, before, isKnown ? population : undefined), dailyChart(now, before), partnerTable(now));
  };
  const stop = address.onChange(() => address.view === 'story' && void draw());
  void draw();
  return () => {
    stop();
    reading.abort();
  };
}

async function readFigures(page: Page, month: Month, signal: AbortSignal, faults: Set<string>): Promise<Figures> {
  const note = (what: string) => (reason: unknown) => {
    faults.add(`${what}: ${reason instanceof Fault ? reason.message : wordsOf(reason)}.`);
    return undefined;
  };
  const events = await EventReader.read(page.connection, month, signal).catch(note('Reports are not shown'));
  const alerts = await listAlerts(page.http, month).catch(note('Alerts are not shown'));
  // A log that does not reach back so far holds nothing, and nothing is not zero.
  if (events?.length === 0) faults.add(`Nothing was reported for ${month.title}: no partner delivered, or the hub keeps nothing of it.`);
  const isEmpty = events?.length === 0;
  return {
    month,
    reports: events && !isEmpty ? countReports(events, month) : undefined,
    alerts: alerts && !(isEmpty && alerts.length === 0) ? countAlerts(alerts, events, month) : undefined,
  };
}
