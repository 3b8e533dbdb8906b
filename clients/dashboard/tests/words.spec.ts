import { create } from '@bufbuild/protobuf';
import { HealthState, HotspotSchema, SourceHealthSchema, type SourceHealth } from '@commonwatch/client';
import { expect, test } from '@playwright/test';
import { emptiness } from '../src/board/emptiness.js';
import { History } from '../src/board/history.js';
import { countText, rarityText, windowText } from '../src/board/texts.js';

const source = (state: HealthState): SourceHealth => create(SourceHealthSchema, { id: `source:${state}`, state });
const MINUTE = 60_000;

test('an empty list says whether nothing was found or nothing came', () => {
  const { ON_TIME, LATE, SILENT, STARTING } = HealthState;
  expect(emptiness(false, [], 0)).toMatchObject({ title: 'No data', tone: 'bad' });
  expect(emptiness(true, [], 0)).toMatchObject({ title: 'No data', tone: 'bad' });
  expect(emptiness(true, [source(SILENT), source(SILENT)], 0)).toMatchObject({ title: 'No data', tone: 'bad' });
  expect(emptiness(true, [source(SILENT), source(ON_TIME)], 0)).toMatchObject({ tone: 'warn' });
  expect(emptiness(true, [source(LATE), source(ON_TIME)], 0).text).toContain('1 of 2 sources');
  expect(emptiness(true, [source(STARTING)], 0)).toMatchObject({ tone: 'warn' });
  expect(emptiness(true, [source(ON_TIME)], 3)).toMatchObject({ title: 'Hidden by the filters' });
  expect(emptiness(true, [source(ON_TIME)], 0)).toMatchObject({ title: 'Nothing beyond expectation', tone: 'calm' });
});

test('figures read as sentences do', () => {
  expect(rarityText(480.5)).toBe('by chance once in 481 days');
  expect(rarityText(1460)).toBe('by chance once in 4 years');
  expect(rarityText(3650)).toBe('by chance less than once in 10 years');
  expect(countText(0)).toBe('number withheld');
  expect(countText(1)).toBe('1 person');
  expect(windowText(168)).toBe('7 days');
});

test('a trend is told only of what was looked at', () => {
  const history = new History();
  const hotspot = (id: string, count: number) => create(HotspotSchema, { id, count });
  history.add([hotspot('old', 5)], 0);
  expect(history.trend('old', MINUTE)).toBe('unknown');
  expect(history.trend('old', 5 * MINUTE)).toBe('steady');
  history.add([hotspot('old', 7), hotspot('young', 3)], 10 * MINUTE);
  expect(history.trend('old', 10 * MINUTE)).toBe('rising');
  expect(history.trend('young', 11 * MINUTE)).toBe('new');
  history.add([hotspot('old', 4)], 30 * MINUTE);
  expect(history.trend('old', 30 * MINUTE)).toBe('falling');
  // What rose more than an hour ago is steady now.
  expect(history.trend('old', 95 * MINUTE)).toBe('steady');
  history.clear();
  expect(history.trend('old', 95 * MINUTE)).toBe('unknown');
});
