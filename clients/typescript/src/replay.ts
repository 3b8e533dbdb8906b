import { type MessageInitShape } from '@bufbuild/protobuf';
import { type Connection, type Conversation } from './connection.js';
import { Crc32c } from './crc32c.js';
import { Fault } from './fault.js';
import { fieldBytes } from './frame.js';
import {
  Knowledge, ReplayControlSchema, ReplayEndReason, ReplayMode, ServerMessageSchema,
  type ReplayEnd, type ServerMessage,
} from './generated/commonwatch/v1/stream_pb.js';
import { HotspotState, type Change } from './hotspot_state.js';
import { Listeners, type Stop } from './listeners.js';
import { type AreaInit } from './subscription.js';
import { timestamp } from './time.js';

const DELTA_FIELD = ServerMessageSchema.field['delta']!.number;

export interface ReplayOptions {
  /** Recorded time, milliseconds since 1970; `to` is not included. */
  readonly from: number;
  readonly to: number;
  /** What was known then, or what is known now of that time. */
  readonly knowledge?: 'then' | 'now';
  /** Another one than the principal's own needs a grant. */
  readonly audience?: string;
  readonly area?: AreaInit;
  /** Times as fast as it went; 0: as fast as it comes. */
  readonly speed: number;
}

/** How a replay ended. `whole`: what came is, to the byte, what the hub says it sent. */
export interface Ended {
  readonly reason: ReplayEndReason;
  readonly whole: boolean;
  readonly count: bigint;
  readonly altered: boolean;
  readonly reduced: boolean;
  readonly recomputed: boolean;
}

type Control = NonNullable<MessageInitShape<typeof ReplayControlSchema>['control']>;

/** Hotspots as they were shown, at any speed. Goes on where it was after a break. */
export class Replay implements Conversation {
  readonly state = new HotspotState();
  readonly options: ReplayOptions;
  readonly #connection: Connection;
  readonly #changes = new Listeners<Change>();
  readonly #ends = new Listeners<Ended>();
  readonly #faults = new Listeners<Fault>();
  readonly #leave: Stop;
  #number = 0;
  #speed: number;
  #paused = false;
  /** Where to go on: the target of a seek, or how far it came. */
  #resumeAt: number | undefined;
  #seeking = false;
  /** When `state.asOf` was reached, by the local clock. */
  #reachedAt = 0;
  #ended: Ended | undefined;
  #count = 0n;
  #checksum = new Crc32c();

  constructor(connection: Connection, options: ReplayOptions) {
    this.#connection = connection;
    this.options = options;
    this.#speed = options.speed;
    this.#leave = connection.join(this);
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get ended(): Ended | undefined {
    return this.#ended;
  }

  onChange(listener: (change: Change) => void): Stop {
    return this.#changes.add(listener);
  }

  onEnd(listener: (ended: Ended) => void): Stop {
    return this.#ends.add(listener);
  }

  onFault(listener: (fault: Fault) => void): Stop {
    return this.#faults.add(listener);
  }

  /** The moment that is shown, milliseconds since 1970: between two changes it goes by the clock. */
  now(): number {
    const { from, to } = this.options;
    if (this.#seeking || this.state.asOf === undefined) return this.#resumeAt ?? from;
    if (this.#ended?.reason === ReplayEndReason.END_OF_RANGE) return to;
    const running = this.#paused || this.#ended !== undefined ? 0 : Date.now() - this.#reachedAt;
    return Math.min(this.state.asOf + running * this.#speed, to);
  }

  pause(): void {
    this.#resumeAt = this.now();
    this.#reachedAt = Date.now();
    this.#paused = true;
    this.#control({ case: 'pause', value: true });
  }

  resume(): void {
    this.#paused = false;
    // A seek also stands for what passed by the clock before the pause, without a change.
    this.seek(this.now());
  }

  setSpeed(speed: number): void {
    if (!this.#paused) this.#resumeAt = this.now();
    this.#speed = speed;
    if (this.#paused) return;
    this.#control({ case: 'speed', value: speed });
    this.#reachedAt = Date.now();
  }

  /** Also of a replay that has ended: it begins again. */
  seek(time: number): void {
    this.#resumeAt = Math.max(this.options.from, Math.min(time, this.options.to));
    this.#seeking = true;
    if (this.#ended !== undefined) {
      this.#ended = undefined;
      this.#request();
      return;
    }
    this.#seekOnHub(this.#resumeAt);
  }

  stop(): void {
    this.#control({ case: 'cancel', value: true });
    this.#leave();
  }

  begin(): void {
    if (this.#ended === undefined) this.#request();
  }

  broken(): void {
    if (this.#ended === undefined) this.#resumeAt = this.now();
    this.state.dropIncoming();
  }

  receive(message: ServerMessage, frame: Uint8Array): boolean {
    if (this.#number === 0 || message.replay !== this.#number) return false;
    const { message: body } = message;
    if (body.case === 'error') this.#faults.tell(Fault.of(body.value));
    else if (body.case === 'replayEnd') this.#end(body.value);
    else this.#fold(body, frame);
    return true;
  }

  #fold(body: ServerMessage['message'], frame: Uint8Array): void {
    if (body.case === 'snapshot') {
      this.#count = 0n;
      this.#checksum = new Crc32c();
    } else if (body.case === 'delta') {
      this.#count += 1n;
      this.#checksum.add(fieldBytes(frame, DELTA_FIELD) ?? new Uint8Array());
    }
    const applied = this.state.apply(body);
    if (applied.kind !== 'settled') return;
    this.#reachedAt = Date.now();
    // The snapshot that answers a seek; what was under way before it is not what was asked for.
    if (this.#seeking && !applied.change.whole) return;
    if (this.#seeking && this.#paused) this.#control({ case: 'pause', value: true });
    this.#seeking = false;
    this.#changes.tell(applied.change);
  }

  #end(end: ReplayEnd): void {
    const whole = end.count === this.#count && end.checksum === this.#checksum.value;
    const { reason, count, altered, reduced, recomputed } = end;
    this.#ended = { reason, whole, count, altered, reduced, recomputed };
    this.#seeking = false;
    this.#ends.tell(this.#ended);
  }

  #request(): void {
    this.#number = this.#connection.number();
    const { from, to, knowledge, audience = '', area } = this.options;
    this.#connection.send({
      case: 'replay',
      value: {
        replay: this.#number,
        mode: ReplayMode.HOTSPOTS,
        audience,
        start: { case: 'fromRecorded', value: timestamp(from) },
        end: { case: 'toRecorded', value: timestamp(to) },
        filter: area === undefined ? undefined : { area },
        knowledge: knowledge === 'now' ? Knowledge.NOW : Knowledge.THEN,
        speed: this.#speed,
      },
    });
    if (this.#resumeAt === undefined || this.#resumeAt <= from) return;
    this.#seeking = true;
    this.#seekOnHub(this.#resumeAt);
  }

  /** A paused replay shows nothing new, so it runs until the snapshot of the new moment has come. */
  #seekOnHub(time: number): void {
    this.#control({ case: 'seekRecorded', value: timestamp(time) });
    this.#control({ case: 'speed', value: this.#paused ? Math.min(this.#speed, 1) : this.#speed });
    this.#control({ case: 'pause', value: false });
  }

  #control(control: Control): void {
    if (this.#number === 0 || this.#ended !== undefined) return;
    this.#connection.send({ case: 'replayControl', value: { replay: this.#number, control } });
  }
}
