// A hub whose audience is shown figures: what it publishes, a test says.
import { type AddressInfo } from 'node:net';
import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  cellCorners, cellToken, ClientMessageSchema, FigureState, PublishedCountSchema, ServerMessageSchema, timestamp,
  type BandedHealthSchema, type PublishedAlertSchema, type PublishedCount,
} from '@commonwatch/client';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { WebSocketServer, type WebSocket } from 'ws';

type Body = NonNullable<MessageInitShape<typeof ServerMessageSchema>['message']>;

const LEVEL = 11;
/** Of level 11, in Columbus, Ohio. */
const FIRST_ZONE = 0x8838894000000000n;

/** The `index`th zone along the curve. */
export function zoneCell(index: number): bigint {
  const step = 1n << BigInt(2 * (30 - LEVEL) + 1);
  return FIRST_ZONE - (FIRST_ZONE & (step - 1n)) + (step >> 1n) + step * BigInt(index);
}

/** Midnight of the machine that runs the tests, whose zone the browser shares, so many days ago. */
export function dayStart(daysAgo: number): number {
  const today = new Date();
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - daysAgo).getTime();
}

/** A figure of one day; without persons it is hidden. */
export function figure(zone: number, daysAgo: number, persons: number | undefined, more: MessageInitShape<typeof PublishedCountSchema> = {}): PublishedCount {
  const cell = zoneCell(zone);
  const corners = cellCorners(cell);
  const middle = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
  const start = dayStart(daysAgo);
  const made = create(PublishedCountSchema, {
    sharedWith: 'police', cell, latitude: middle(1), longitude: middle(0),
    periodStart: timestampFromMs(start), periodEnd: timestampFromMs(dayStart(daysAgo - 1)), revisionPending: true,
    state: persons === undefined ? FigureState.HIDDEN : FigureState.SHOWN, persons: persons ?? 0, ...more,
  });
  made.id = `${made.sharedWith}/${cellToken(cell)}/${new Date(start).toISOString()}`;
  return made;
}

export interface Published {
  readonly counts: readonly PublishedCount[];
  readonly alerts?: readonly MessageInitShape<typeof PublishedAlertSchema>[];
  readonly health?: readonly MessageInitShape<typeof BandedHealthSchema>[];
  readonly removed?: string[];
}

export class FigureHub {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  readonly #audience: string;
  #standing: Published;
  #version = 10n;

  private constructor(audience: string, standing: Published) {
    this.#audience = audience;
    this.#standing = standing;
    this.#server.on('connection', (peer) => peer.on('message', (data: Buffer) => this.#answer(peer, data)));
  }

  static async start(audience: string, standing: Published): Promise<FigureHub> {
    const hub = new FigureHub(audience, standing);
    await new Promise((done) => hub.#server.once('listening', done));
    return hub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As a delta to all who follow. */
  publish(changed: Published): void {
    const previous = this.#version;
    this.#version += 1n;
    for (const peer of this.#server.clients) {
      this.#say(peer, { case: 'delta', value: { ...lists(changed), tile: 0n, version: this.#version, previous, removed: changed.removed ?? [] } });
      this.#progress(peer);
    }
  }

  stop(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #answer(peer: WebSocket, data: Buffer): void {
    const { message } = fromBinary(ClientMessageSchema, new Uint8Array(data));
    if (message.case === 'hello') {
      this.#say(peer, { case: 'welcome', value: { hub: 'fake', heartbeatMs: 60_000, hubTime: timestamp(Date.now()), audience: this.#audience } });
    }
    if (message.case !== 'subscribe') return;
    this.#say(peer, { case: 'snapshot', value: { position: this.#position(), asOf: timestamp(Date.now()), tiles: 1 } });
    this.#say(peer, { case: 'tile', value: { ...lists(this.#standing), tile: 0n, version: this.#version } });
    this.#progress(peer);
  }

  #progress(peer: WebSocket): void {
    this.#say(peer, { case: 'progress', value: { position: this.#position(), asOf: timestamp(Date.now()) } });
  }

  #position() {
    return { engineEpoch: 1n, version: this.#version };
  }

  #say(peer: WebSocket, message: Body): void {
    peer.send(toBinary(ServerMessageSchema, create(ServerMessageSchema, { message })));
  }
}

function lists({ counts, alerts = [], health = [] }: Published) {
  return { publishedCounts: [...counts], publishedAlerts: [...alerts], bandedHealth: [...health] };
}
