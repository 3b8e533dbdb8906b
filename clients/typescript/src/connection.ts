import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { Backoff } from './backoff.js';
import { decodeServerMessage } from './decode.js';
import { Fault } from './fault.js';
import { ErrorCode } from './generated/commonwatch/v1/error_pb.js';
import { type AlertAction } from './generated/commonwatch/v1/hotspot_pb.js';
import {
  ClientMessageSchema, type ServerMessage, type Welcome,
} from './generated/commonwatch/v1/stream_pb.js';
import { Listeners, type Stop } from './listeners.js';
import { streamUrl } from './server.js';
import { millis } from './time.js';

export const SUBPROTOCOL = 'commonwatch.v1';
/** Until `welcome` must have come, in milliseconds. */
export const WELCOME_TIMEOUT_MS = 15_000;
/** A hub that was not heard for so many heartbeats is taken to be gone, whatever the socket says. */
export const HEARTBEATS_MAX = 2.5;
const CLOSE_CODES_FINAL = 4500;

export type ConnectionState =
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'connected'; readonly welcome: Welcome }
  /** The next attempt comes at `retryAt`, milliseconds of `Date.now()`. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly retryAt: number; readonly fault: Fault }
  /** Trying again does not help until something was changed: a token, a right. */
  | { readonly name: 'refused'; readonly fault: Fault }
  | { readonly name: 'closed' };

export interface ConnectionOptions {
  /** `https://HOST`, `ws://HOST:PORT`, a page's `location.origin`. */
  readonly server: string;
  /** Asked for anew at each attempt; empty where the hub needs none. */
  readonly token?: () => string;
  /** Name and version, for the hub's log. */
  readonly client?: string;
  /** A code of the agreement; asked for like the token. */
  readonly purpose?: () => string;
  /** Where there is no global one (Node before 22). */
  readonly webSocket?: new (url: string, protocol: string) => WebSocket;
  readonly random?: () => number;
  /** How long each message took, in milliseconds: decoding, folding and everybody who was told. */
  readonly onSpent?: (ms: number, message: ServerMessage) => void;
}

/** Takes part in a connection: told when it stands, what comes, when it broke. */
export interface Conversation {
  begin(welcome: Welcome): void;
  /** True if the message was meant for it. `frame` is what it was decoded from. */
  receive(message: ServerMessage, frame: Uint8Array): boolean;
  broken(): void;
}

type Outgoing = NonNullable<MessageInitShape<typeof ClientMessageSchema>['message']>;

interface Request {
  resolve(recordedAt: Date): void;
  reject(fault: Fault): void;
}

/** One conversation with a hub that is taken up again whenever it breaks, until `stop`. */
export class Connection {
  readonly options: ConnectionOptions;
  #state: ConnectionState = { name: 'closed' };
  readonly #stateListeners = new Listeners<ConnectionState>();
  readonly #conversations = new Set<Conversation>();
  readonly #requests = new Map<number, Request>();
  readonly #backoff: Backoff;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadlineMs = WELCOME_TIMEOUT_MS;
  #fault: Fault | undefined;
  #askedMs = 0;
  #heardAt = 0;
  #numbers = 0;
  #hubAheadMs = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.#backoff = new Backoff(options.random);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** When the hub was heard last, in milliseconds of `Date.now()`; 0: never. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** The hub's clock, in milliseconds since 1970, as far as `welcome` told it. */
  hubNow(): number {
    return Date.now() + this.#hubAheadMs;
  }

  onState(listener: (state: ConnectionState) => void): Stop {
    return this.#stateListeners.add(listener);
  }

  start(): void {
    if (this.#state.name === 'closed') this.#open();
  }

  /** Ends it; what was asked and not answered fails. */
  stop(): void {
    this.#drop();
    this.#enter({ name: 'closed' });
  }

  /** Tries at once, also after a refusal: a person asks, or the network is back. */
  retry(): void {
    if (this.#state.name === 'connected') return;
    this.#drop();
    this.#backoff.reset();
    this.#open();
  }

  join(conversation: Conversation): Stop {
    this.#conversations.add(conversation);
    if (this.#state.name === 'connected') conversation.begin(this.#state.welcome);
    return () => void this.#conversations.delete(conversation);
  }

  /** A number that no other subscription, replay or request of this connection has. */
  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** False if there is no connection now; conversations say it again when they begin. */
  send(message: Outgoing): boolean {
    if (this.#state.name !== 'connected' || this.#socket === undefined) return false;
    this.#write(message);
    return true;
  }

  /** Resolves once the answer is on disk at the hub, to its recorded time; rejects with a `Fault`. */
  acknowledgeAlert(alertId: string, alertVersion: number, action: AlertAction): Promise<Date> {
    const request = this.number();
    return new Promise((resolve, reject) => {
      const value = { alertId, alertVersion, action, request };
      if (!this.send({ case: 'acknowledgeAlert', value })) {
        reject(new Fault('the hub is not connected; try again when it is'));
        return;
      }
      this.#requests.set(request, { resolve, reject });
    });
  }

  #open(): void {
    this.#enter({ name: 'connecting', attempt: this.#backoff.attempts + 1 });
    const WebSocketClass = this.options.webSocket ?? globalThis.WebSocket;
    const socket = new WebSocketClass(streamUrl(this.options.server), SUBPROTOCOL);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#fault = undefined;
    this.#askedMs = 0;
    this.#deadlineMs = WELCOME_TIMEOUT_MS;
    this.#expect();
    socket.onopen = () => {
      const { token, client = 'commonwatch-typescript/0.1', purpose } = this.options;
      this.#write({ case: 'hello', value: { token: token?.() ?? '', client, purpose: purpose?.() ?? '' } });
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      if (socket === this.#socket) this.#receive(new Uint8Array(event.data));
    };
    // `onclose` follows and says the same; Node's `ws` throws what nobody listens to.
    socket.onerror = () => {};
    socket.onclose = (event: CloseEvent) => {
      if (socket === this.#socket) this.#closed(event.code, event.reason);
    };
  }

  #write(message: Outgoing): void {
    const bytes = toBinary(ClientMessageSchema, create(ClientMessageSchema, { message }));
    this.#socket?.send(bytes as Uint8Array<ArrayBuffer>);
  }

  #receive(frame: Uint8Array): void {
    this.#heardAt = Date.now();
    this.#expect();
    const began = performance.now();
    let message: ServerMessage;
    try {
      message = decodeServerMessage(frame);
    } catch (error) {
      this.#fault = new Fault(`the hub sent what is no message of ${SUBPROTOCOL}: ${(error as Error).message}`);
      return this.#closed(0, '');
    }
    this.#route(message, frame);
    this.options.onSpent?.(performance.now() - began, message);
  }

  #route(message: ServerMessage, frame: Uint8Array): void {
    switch (message.message.case) {
      case 'welcome': return this.#welcome(message.message.value);
      case 'goingAway':
        this.#askedMs = message.message.value.reconnectAfterMs;
        return;
      case 'recorded': {
        const { request, recordedAt } = message.message.value;
        this.#answer(request)?.resolve(new Date(recordedAt === undefined ? 0 : millis(recordedAt)));
        return;
      }
      case 'error': {
        const fault = Fault.of(message.message.value);
        if (message.message.value.closes) this.#fault = fault;
        this.#answer(message.message.value.request)?.reject(fault);
      }
    }
    for (const conversation of [...this.#conversations]) {
      if (conversation.receive(message, frame)) return;
    }
  }

  #answer(request: number): Request | undefined {
    const found = this.#requests.get(request);
    this.#requests.delete(request);
    return found;
  }

  #welcome(welcome: Welcome): void {
    this.#backoff.reset();
    this.#deadlineMs = welcome.heartbeatMs * HEARTBEATS_MAX;
    this.#expect();
    if (welcome.hubTime !== undefined) this.#hubAheadMs = millis(welcome.hubTime) - Date.now();
    this.#enter({ name: 'connected', welcome });
    for (const conversation of [...this.#conversations]) conversation.begin(welcome);
  }

  /** The hub has to be heard within the deadline from now on. */
  #expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fault = new Fault(`nothing was heard from the hub for ${Math.round(this.#deadlineMs / 1000)} s`);
      this.#closed(0, '');
    }, this.#deadlineMs);
  }

  #closed(code: number, reason: string): void {
    const fault = this.#fault ?? new Fault(reason || 'the connection to the hub broke');
    const refused = code >= CLOSE_CODES_FINAL || fault.code === ErrorCode.UNAUTHENTICATED;
    const askedMs = Math.max(this.#askedMs, fault.retryAfterMs);
    this.#drop();
    if (refused) return this.#enter({ name: 'refused', fault });
    const waitMs = this.#backoff.next(askedMs);
    this.#timer = setTimeout(() => this.#open(), waitMs);
    this.#enter({ name: 'waiting', attempt: this.#backoff.attempts, retryAt: Date.now() + waitMs, fault });
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    const broken = new Fault('the connection broke before the answer came; it may be recorded all the same');
    for (const request of this.#requests.values()) request.reject(broken);
    this.#requests.clear();
    if (this.#state.name !== 'connected') return;
    for (const conversation of [...this.#conversations]) conversation.broken();
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#stateListeners.tell(state);
  }
}
