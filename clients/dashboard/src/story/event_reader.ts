import {
  EventKind, Fault, Knowledge, ReplayEndReason, ReplayMode, timestamp,
  type Connection, type Conversation, type ReplayedEvent, type ServerMessage,
} from '@commonwatch/client';

/** A month of a large state; beyond it the page would rather say that it stopped. */
export const EVENTS_MAX = 200_000;

/** Every record of an overdose that happened in a span, in its last revision, without what was taken back. */
export class EventReader implements Conversation {
  readonly #connection: Connection;
  readonly #span: { from: number; to: number };
  readonly #leave: () => void;
  readonly #resolve: (events: ReplayedEvent[]) => void;
  readonly #reject: (fault: Fault) => void;
  #events: ReplayedEvent[] = [];
  #number = 0;

  /** Rejects where reports may not be read, or are too many. `signal` ends it. */
  static read(connection: Connection, span: { from: number; to: number }, signal: AbortSignal): Promise<ReplayedEvent[]> {
    return new Promise((resolve, reject) => {
      const reader = new EventReader(connection, span, resolve, reject);
      signal.addEventListener('abort', () => reader.#stop());
    });
  }

  private constructor(
    connection: Connection, span: { from: number; to: number },
    resolve: (events: ReplayedEvent[]) => void, reject: (fault: Fault) => void,
  ) {
    this.#connection = connection;
    this.#span = span;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#leave = connection.join(this);
  }

  begin(): void {
    this.#events = [];
    this.#number = this.#connection.number();
    this.#connection.send({ case: 'replay', value: {
      replay: this.#number, mode: ReplayMode.EVENTS, knowledge: Knowledge.NOW, speed: 0,
      start: { case: 'fromOccurred', value: { $typeName: 'google.protobuf.Timestamp', ...timestamp(this.#span.from) } },
      end: { case: 'toOccurred', value: { $typeName: 'google.protobuf.Timestamp', ...timestamp(this.#span.to) } },
      filter: { kinds: [EventKind.OVERDOSE] },
    } });
  }

  /** Begun again with the next connection: half a month is no month. */
  broken(): void {
    this.#number = 0;
  }

  receive(message: ServerMessage): boolean {
    if (this.#number === 0 || message.replay !== this.#number) return false;
    const { message: body } = message;
    if (body.case === 'error') this.#end(() => this.#reject(Fault.of(body.value)));
    else if (body.case === 'replayPage') this.#take(body.value.events);
    else if (body.case === 'replayEnd') this.#end(() => {
      if (body.value.reason === ReplayEndReason.END_OF_RANGE) this.#resolve(this.#events);
      else this.#reject(new Fault('the hub ended the reading of reports; open the page again'));
    });
    return true;
  }

  #take(events: readonly ReplayedEvent[]): void {
    for (const event of events) this.#events.push(event);
    if (this.#events.length <= EVENTS_MAX) return;
    this.#stop();
    this.#reject(new Fault(`there are more than ${EVENTS_MAX} reports in this month; they are not counted here`));
  }

  #end(tell: () => void): void {
    this.#number = 0;
    this.#leave();
    tell();
  }

  #stop(): void {
    if (this.#number !== 0) this.#connection.send({ case: 'replayControl', value: { replay: this.#number, control: { case: 'cancel', value: true } } });
    this.#number = 0;
    this.#leave();
  }
}
