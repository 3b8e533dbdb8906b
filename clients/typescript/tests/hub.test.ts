// Against the real hub, with data that the real client pushes.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { after, before, test, type TestContext } from 'node:test';
import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { WebSocket as NodeSocket } from 'ws';
import {
  AlertSchema, ComparisonSchema, Connection, HotspotSchema, HotspotState, listAlerts, PersistentPlaceSchema,
  ProposalSchema, Replay, ReplayEndReason, ServerMessageSchema, SourceHealthSchema, Subscription, AlertAction,
} from '../src/index.js';
import { Hub, pause, SKIP, until } from './hub_process.js';

const webSocket = NodeSocket as unknown as typeof WebSocket;
const hub = new Hub();
const connection = () => new Connection({ server: hub.server, webSocket });
const DAYS = ['--days', '42', '--speed', 'max'];

before(async () => {
  if (SKIP !== undefined) return;
  await hub.start();
  hub.command('simulate', '--seed', '7', ...DAYS, '--incidents-per-day', '30');
});
after(() => hub.stop());

type Lists = Record<string, Map<string, unknown>>;

/** Everything in a state, in proto3 JSON, so that two can be compared. */
function listsOf(state: HotspotState): Lists {
  const by = <Item extends { id: string }>(items: Iterable<Item>, json: (item: Item) => unknown) =>
    new Map([...items].sort((a, b) => (a.id < b.id ? -1 : 1)).map((item) => [item.id, json(item)]));
  return {
    hotspots: by(state.hotspots(), (item) => toJson(HotspotSchema, item)),
    alerts: by(state.alerts(), (item) => toJson(AlertSchema, item)),
    places: by(state.places(), (item) => toJson(PersistentPlaceSchema, item)),
    sources: by(state.sources(), (item) => toJson(SourceHealthSchema, item)),
    comparisons: by(state.comparisons(), (item) => toJson(ComparisonSchema, item)),
    proposals: by(state.proposals(), (item) => toJson(ProposalSchema, item)),
  };
}

/** A subscription to everything, once there are alerts in it; ended with the test. */
async function follow(context: TestContext): Promise<{ link: Connection; subscription: Subscription }> {
  const link = connection();
  const subscription = new Subscription(link);
  context.after(() => link.stop());
  link.start();
  await until('alerts', () => subscription.state.alerts().length > 0);
  return { link, subscription };
}

test('the folded state is that of `commonwatch watch`, while a city reports', { skip: SKIP }, async (context) => {
  const link = connection();
  const subscription = new Subscription(link);
  const ours = new Map<bigint, Lists>();
  subscription.onChange(() => ours.set(subscription.state.position!.version, listsOf(subscription.state)));
  link.start();
  const watch = hub.launch('watch', '--json');
  const city = hub.launch('simulate', '--seed', '8', '--days', '2', '--incidents-per-day', '400', '--speed', '86400');
  context.after(() => {
    link.stop();
    watch.kill();
    city.kill();
  });
  const theirs = new HotspotState();
  let compared = 0;
  let hotspots = 0;
  for await (const line of createInterface({ input: watch.stdout! })) {
    const { message } = fromJson(ServerMessageSchema, JSON.parse(line) as JsonValue);
    if (theirs.apply(message).kind !== 'settled') continue;
    const version = theirs.position!.version;
    const lists = await Promise.race([until('our version', () => ours.get(version)), pause(3000)]);
    if (lists === undefined) continue;
    assert.deepEqual(lists, listsOf(theirs));
    compared += 1;
    hotspots = Math.max(hotspots, [...theirs.hotspots()].length);
    if (compared > 5 && hotspots > 0) break;
  }
  assert.ok(compared > 5 && hotspots > 0, `${compared} versions compared, up to ${hotspots} hotspots`);
});

test('a killed hub that comes back is resumed, and shows what it says over HTTP', { skip: SKIP }, async (context) => {
  const { link, subscription } = await follow(context);
  const before = subscription.state.position!.version;
  await hub.kill();
  await until('the break', () => link.state.name === 'waiting');
  assert.ok(subscription.state.alerts().length > 0, 'what was shown stays');
  await hub.start();
  await until('later versions', () => subscription.state.position!.version > before && link.state.name === 'connected');
  const told = (await (await fetch(`${hub.http}/v1/hotspots`)).json()) as Record<string, JsonValue[]>;
  const lists = listsOf(subscription.state);
  const normal = (told['alerts'] ?? []).map((alert) => toJson(AlertSchema, fromJson(AlertSchema, alert)));
  assert.deepEqual([...lists['alerts']!.values()], normal);
});

test('an alert is acknowledged, and shows who said what', { skip: SKIP }, async (context) => {
  const { link, subscription } = await follow(context);
  const [alert] = subscription.state.alerts();
  const recordedAt = await link.acknowledgeAlert(alert!.id, alert!.version, AlertAction.REAL);
  assert.ok(Math.abs(recordedAt.getTime() - Date.now()) < 3_600_000);
  const shown = await until('the answer', () =>
    subscription.state.alerts().find(({ id, acknowledgements }) => id === alert!.id && acknowledgements.length > 0));
  assert.equal(shown.acknowledgements.at(-1)?.action, AlertAction.REAL);
  const listed = await listAlerts({ server: hub.server });
  assert.ok(listed.some(({ id }) => id === alert!.id));
});

test('a replay arrives whole, ends at the live state, and can be sought in', { skip: SKIP }, async (context) => {
  const { link, subscription } = await follow(context);
  const to = subscription.state.asOf!;
  const replay = new Replay(link, { from: to - 3_600_000, to, speed: 0 });
  const ended = await until('the end', () => replay.ended);
  assert.equal(ended.reason, ReplayEndReason.END_OF_RANGE);
  assert.ok(ended.whole && ended.count > 0n, `${ended.count} deltas, whole: ${ended.whole}`);
  assert.deepEqual(listsOf(replay.state)['hotspots'], listsOf(subscription.state)['hotspots']);

  const slow = new Replay(link, { from: to - 3_600_000, to, speed: 1 });
  let changes = 0;
  slow.onChange(() => (changes += 1));
  await until('the first snapshot', () => changes > 0);
  slow.pause();
  slow.seek(to - 1000);
  await until('the moment sought, though paused', () => changes > 1 && slow.now() === to - 1000);
  assert.ok(Math.abs(slow.state.asOf! - (to - 1000)) <= 250);
  slow.stop();
});

test('a replay goes on over a killed hub, and still arrives whole', { skip: SKIP }, async (context) => {
  const { link, subscription } = await follow(context);
  const to = subscription.state.asOf!;
  const replay = new Replay(link, { from: to - 60_000, to, speed: 15 });
  await until('a second of it', () => replay.state.asOf !== undefined && replay.now() > to - 50_000);
  await hub.kill();
  await until('the break', () => link.state.name === 'waiting');
  const reached = replay.now();
  await hub.start();
  const again = await until('more of it', () => replay.state.asOf !== undefined && link.state.name === 'connected' && replay.now());
  assert.ok(again >= reached - 1000, 'does not begin at the beginning');
  const ended = await until('the end', () => replay.ended);
  assert.equal(ended.reason, ReplayEndReason.END_OF_RANGE);
  assert.ok(ended.whole);
});
