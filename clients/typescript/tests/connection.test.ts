import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { WebSocket as NodeSocket, WebSocketServer, type WebSocket as Peer } from 'ws';
import {
  AlertAction, ClientMessageSchema, Connection, ErrorCode, ServerMessageSchema, Subscription,
  type ClientMessage, type ConnectionState,
} from '../src/index.js';
import { until } from './hub_process.js';

const webSocket = NodeSocket as unknown as typeof WebSocket;
type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>['message']>;

/** A hub that says what the test wants. */
class ScriptedHub {
  readonly server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  readonly heard: ClientMessage['message'][] = [];
  connections = 0;
  peer: Peer | undefined;

  static async start(context: TestContext, answer: (hub: ScriptedHub, body: ClientMessage['message']) => void) {
    const hub = new ScriptedHub(context, answer);
    await once(hub.server, 'listening');
    return hub;
  }

  private constructor(context: TestContext, answer: (hub: ScriptedHub, body: ClientMessage['message']) => void) {
    this.server.on('connection', (peer) => {
      this.connections += 1;
      this.peer = peer;
      peer.on('message', (data: Buffer) => {
        const { message } = fromBinary(ClientMessageSchema, new Uint8Array(data));
        this.heard.push(message);
        answer(this, message);
      });
    });
    context.after(() => {
      for (const client of this.server.clients) client.terminate();
      this.server.close();
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  say(message: Body): void {
    this.peer?.send(toBinary(ServerMessageSchema, create(ServerMessageSchema, { message })));
  }

  welcome(heartbeatMs = 10_000): void {
    this.say({ case: 'welcome', value: { hub: 'scripted', heartbeatMs } });
  }

  of<Case extends ClientMessage['message']['case']>(name: Case) {
    return this.heard.filter((body) => body.case === name) as Extract<ClientMessage['message'], { case: Case }>[];
  }
}

function connect(context: TestContext, hub: ScriptedHub, token = ''): { connection: Connection; states: ConnectionState[] } {
  const connection = new Connection({ server: hub.url, webSocket, token: () => token, random: () => 0 });
  const states: ConnectionState[] = [];
  connection.onState((state) => states.push(state));
  context.after(() => connection.stop());
  connection.start();
  return { connection, states };
}

test('a hub that stays connected and says nothing is left for a new connection', async (context) => {
  const hub = await ScriptedHub.start(context, (self) => self.welcome(100));
  const { states } = connect(context, hub);
  await until('a second connection', () => hub.connections >= 2);
  const waiting = states.find((state) => state.name === 'waiting');
  assert.match(waiting?.fault.message ?? '', /nothing was heard/);
});

test('a subscription goes on at its position after a break', async (context) => {
  const position = { engineEpoch: 77n, version: 12n };
  const hub = await ScriptedHub.start(context, (self, body) => {
    if (body.case === 'hello') self.welcome();
    if (body.case !== 'subscribe' || self.connections > 1) return;
    self.say({ case: 'snapshot', value: { position } });
    self.say({ case: 'progress', value: { position } });
  });
  const { connection } = connect(context, hub);
  const subscription = new Subscription(connection);
  await until('the snapshot', () => subscription.progressAt > 0);
  hub.peer?.terminate();
  await until('a second subscription', () => hub.of('subscribe').length === 2);
  const { resume } = hub.of('subscribe')[1]!.value;
  assert.deepEqual([resume?.engineEpoch, resume?.version], [77n, 12n]);
});

test('a subscription that missed a delta begins anew, without a position', async (context) => {
  const hub = await ScriptedHub.start(context, (self, body) => {
    if (body.case === 'hello') self.welcome();
    if (body.case !== 'subscribe' || self.of('subscribe').length > 1) return;
    self.say({ case: 'snapshot', value: { position: { engineEpoch: 1n, version: 5n } } });
    self.say({ case: 'progress', value: { position: { engineEpoch: 1n, version: 5n } } });
    self.say({ case: 'delta', value: { tile: 3n, version: 9n, previous: 7n } });
  });
  const { connection } = connect(context, hub);
  new Subscription(connection);
  await until('a second subscription', () => hub.of('subscribe').length === 2);
  assert.equal(hub.of('subscribe')[1]!.value.resume, undefined);
  assert.equal(hub.of('unsubscribe').length, 1);
});

test('a refused token is not tried again until somebody asks', async (context) => {
  const hub = await ScriptedHub.start(context, (self) => {
    self.say({ case: 'error', value: { code: ErrorCode.UNAUTHENTICATED, message: 'unknown token', closes: true } });
    self.peer?.close(4500, 'bad_token');
  });
  const { connection } = connect(context, hub, 'wrong');
  await until('the refusal', () => connection.state.name === 'refused');
  assert.equal(hub.of('hello')[0]!.value.token, 'wrong');
  connection.retry();
  await until('another try', () => hub.connections === 2);
});

test('a connection that is stopped while it is made, or cannot be made, harms nobody', async (context) => {
  const hub = await ScriptedHub.start(context, () => {});
  const stopped = connect(context, hub);
  stopped.connection.stop();
  assert.equal(stopped.connection.state.name, 'closed');
  const nowhere = new Connection({ server: 'ws://127.0.0.1:1', webSocket, token: () => '', random: () => 0 });
  context.after(() => nowhere.stop());
  nowhere.start();
  await until('the failure', () => nowhere.state.name === 'waiting');
});

test('a hub that drains is left alone for as long as it asks', async (context) => {
  const hub = await ScriptedHub.start(context, (self) => {
    self.welcome();
    self.say({ case: 'goingAway', value: { reason: 'restart', reconnectAfterMs: 90_000 } });
    self.peer?.close(4001, 'restarting');
  });
  const { connection } = connect(context, hub);
  const waiting = await until('the pause', () => (connection.state.name === 'waiting' ? connection.state : false));
  assert.ok(waiting.retryAt - Date.now() > 60_000);
});

test('an acknowledgement is answered once it is on disk, or says why not', async (context) => {
  const hub = await ScriptedHub.start(context, (self, body) => {
    if (body.case === 'hello') self.welcome();
    if (body.case !== 'acknowledgeAlert') return;
    const { request, alertId } = body.value;
    if (alertId === 'known') self.say({ case: 'recorded', value: { request, recordedAt: { seconds: 5n } } });
    else self.say({ case: 'error', value: { request, code: ErrorCode.NOT_FOUND, message: 'no such alert' } });
  });
  const { connection } = connect(context, hub);
  await assert.rejects(connection.acknowledgeAlert('known', 1, AlertAction.SEEN), /not connected/);
  await until('the welcome', () => connection.state.name === 'connected');
  assert.equal((await connection.acknowledgeAlert('known', 1, AlertAction.SEEN)).getTime(), 5000);
  await assert.rejects(connection.acknowledgeAlert('other', 1, AlertAction.SEEN), /no such alert/);
});
