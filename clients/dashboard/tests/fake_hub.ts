// A hub with as many hotspots, changing as often, as a test wants: a real one would need a country.
import { type AddressInfo } from 'node:net';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  cellCorners, ClientMessageSchema, ServerMessageSchema, Severity, ZoneKind, type HotspotSchema,
} from '@commonwatch/client';
import { WebSocketServer, type WebSocket } from 'ws';

type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>['message']>;

const TICK_MS = 100;
/** A cell of level 13 in Columbus, Ohio; the next ones along the curve follow. */
const FIRST_CELL = 0x883888a100000000n;
const LEVEL = 13;

export class FakeHub {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  readonly #hotspots: number;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #version = 10_000n;

  private constructor(hotspots: number) {
    this.#hotspots = hotspots;
    this.#server.on('connection', (peer) => peer.on('message', (data: Buffer) => this.#answer(peer, data)));
  }

  static async start(hotspots: number): Promise<FakeHub> {
    const hub = new FakeHub(hotspots);
    await new Promise((done) => hub.#server.once('listening', done));
    return hub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #answer(peer: WebSocket, data: Buffer): void {
    const { message } = fromBinary(ClientMessageSchema, new Uint8Array(data));
    if (message.case === 'hello') this.#say(peer, { case: 'welcome', value: { hub: 'fake', heartbeatMs: 10_000, hubTime: now() } });
    if (message.case !== 'subscribe') return;
    this.#say(peer, { case: 'snapshot', value: { position: this.#position(), asOf: now(), tiles: 1 } });
    this.#say(peer, { case: 'tile', value: { tile: 1n, version: this.#version, hotspots: this.#all() } });
    this.#progress(peer);
    this.#timers.push(setInterval(() => this.#tick(peer), TICK_MS));
  }

  #tick(peer: WebSocket): void {
    const previous = this.#version;
    this.#version += 1n;
    this.#say(peer, { case: 'delta', value: { tile: 1n, version: this.#version, previous, asOf: now(), changed: this.#all() } });
    this.#progress(peer);
  }

  #progress(peer: WebSocket): void {
    this.#say(peer, { case: 'progress', value: { position: this.#position(), asOf: now() } });
  }

  #position() {
    return { engineEpoch: 1n, version: this.#version };
  }

  #all(): MessageInitShape<typeof HotspotSchema>[] {
    const step = 1n << BigInt(2 * (30 - LEVEL) + 1);
    return Array.from({ length: this.#hotspots }, (_, index) => {
      const cell = FIRST_CELL + (step >> 1n) + step * BigInt(index) - (FIRST_CELL & (step - 1n));
      const [longitude, latitude] = cellCorners(cell)[0]!;
      const wave = (index * 7 + Number(this.#version)) % 40;
      return {
        id: cell.toString(16), zone: { kind: ZoneKind.CELL, cell }, latitude, longitude, windowHours: 24,
        count: 5 + wave, expected: 1.2, scoreNats: 10 + wave, intervalDays: 30 + wave * 90, lastOccurredAt: now(),
        severity: wave > 30 ? Severity.ALERT : wave > 10 ? Severity.WATCH : Severity.NOTE, exposureDays: 365,
      };
    });
  }

  #say(peer: WebSocket, message: Body): void {
    peer.send(toBinary(ServerMessageSchema, create(ServerMessageSchema, { message })));
  }
}

function now(): { seconds: bigint; nanos: number } {
  const ms = Date.now();
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
