import { type MessageInitShape } from '@bufbuild/protobuf';
import { type Connection, type Conversation } from './connection.js';
import { Fault } from './fault.js';
import { ErrorCode } from './generated/commonwatch/v1/error_pb.js';
import { AreaSchema, type ServerMessage } from './generated/commonwatch/v1/stream_pb.js';
import { HotspotState, type Change } from './hotspot_state.js';
import { Listeners, type Stop } from './listeners.js';

export type AreaInit = MessageInitShape<typeof AreaSchema>;

/** Until a subscription that was refused for now is asked for again, in milliseconds. */
const RETRY_MS = 1000;

/**
 * Follows hotspots live, and goes on where it was after every break. One a connection: several would
 * share one selection of tiles.
 */
export class Subscription implements Conversation {
  readonly state = new HotspotState();
  readonly #connection: Connection;
  readonly #area: AreaInit | undefined;
  readonly #changes = new Listeners<Change>();
  readonly #faults = new Listeners<Fault>();
  readonly #leave: Stop;
  #number = 0;
  #fault: Fault | undefined;
  #progressAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, area?: AreaInit) {
    this.#connection = connection;
    this.#area = area;
    this.#leave = connection.join(this);
  }

  /** When the last `progress` came, in milliseconds of `Date.now()`; 0: none yet. */
  get progressAt(): number {
    return this.#progressAt;
  }

  /** Why the hub does not serve it now; undefined: nothing is known to be wrong. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** After every version that arrived whole, also one that changed nothing. */
  onChange(listener: (change: Change) => void): Stop {
    return this.#changes.add(listener);
  }

  onFault(listener: (fault: Fault) => void): Stop {
    return this.#faults.add(listener);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#connection.send({ case: 'unsubscribe', value: { subscription: this.#number } });
    this.#leave();
  }

  begin(): void {
    this.#fault = undefined;
    this.#subscribe(true);
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.state.dropIncoming();
  }

  receive(message: ServerMessage): boolean {
    if (message.replay !== 0) return false;
    const { message: body } = message;
    switch (body.case) {
      case 'snapshot': case 'tile': case 'delta': case 'progress': break;
      case 'error':
        if (body.value.subscription !== this.#number || this.#number === 0) return false;
        this.#refused(Fault.of(body.value));
        return true;
      default: return false;
    }
    this.#fold(body);
    return true;
  }

  #fold(body: ServerMessage['message']): void {
    const applied = this.state.apply(body);
    if (applied.kind === 'missed') {
      this.#connection.send({ case: 'unsubscribe', value: { subscription: this.#number } });
      this.#subscribe(false);
    } else if (applied.kind === 'settled') {
      this.#progressAt = Date.now();
      this.#fault = undefined;
      this.#changes.tell(applied.change);
    }
  }

  #subscribe(resuming: boolean): void {
    this.#number = this.#connection.number();
    const resume = resuming ? this.state.position : undefined;
    this.#connection.send({
      case: 'subscribe', value: { subscription: this.#number, area: this.#area, resume },
    });
  }

  #refused(fault: Fault): void {
    this.#fault = fault;
    this.#faults.tell(fault);
    if (!fault.retryable && fault.code !== ErrorCode.RECOVERING) return;
    this.#timer = setTimeout(() => this.#subscribe(true), fault.retryAfterMs || RETRY_MS);
  }
}
