import { ErrorCode, type Connection, type Fault, type Subscription } from '@commonwatch/client';

/** After so many heartbeats without a version the page no longer calls itself live. */
export const DELAYED_AFTER_HEARTBEATS = 1.5;
/** Not heard for so long, in milliseconds: offline rather than reconnecting. */
export const OFFLINE_AFTER_MS = 60_000;

/** What the chip says: text and shape, never colour alone. */
export interface Shown {
  readonly name: 'connecting' | 'live' | 'figures' | 'delayed' | 'reconnecting' | 'offline' | 'refused' | 'paused' | 'replay' | 'reporting';
  readonly label: string;
  readonly detail: string;
  /** The moment that the data show, milliseconds since 1970. */
  readonly at: number | undefined;
}

/** How fresh the live state is, by the local clock: a socket that stays open proves nothing. */
export function freshness(connection: Connection, live: Subscription, now: number): Shown {
  const { state } = connection;
  const at = live.state.asOf;
  switch (state.name) {
    case 'connected': {
      const fault = live.fault;
      if (fault !== undefined && fault.code !== ErrorCode.RECOVERING) return refused(fault, at);
      if (at === undefined) return { name: 'connecting', label: 'Starting', detail: 'the hub reads its log', at };
      const lateMs = Math.max(now - live.progressAt, connection.hubNow() - at);
      const isLate = lateMs > state.welcome.heartbeatMs * DELAYED_AFTER_HEARTBEATS;
      const detail = `data ${age(lateMs)} old`;
      if (isLate) return { name: 'delayed', label: 'Delayed', detail, at };
      if (live.state.isOfFigures) return { name: 'figures', label: 'Figures', detail: 'as published, not live', at };
      return { name: 'live', label: 'Live', detail, at };
    }
    case 'waiting': {
      const isGone = connection.heardAt !== 0 && now - connection.heardAt > OFFLINE_AFTER_MS;
      const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1000));
      const next = `try ${state.attempt}, next in ${seconds} s`;
      if (!navigator.onLine || isGone) return { name: 'offline', label: 'Offline', detail: next, at };
      return { name: 'reconnecting', label: 'Reconnecting', detail: next, at };
    }
    case 'connecting':
      const fault = live.fault;
      if (fault !== undefined && fault.code !== ErrorCode.RECOVERING) return refused(fault, at);
      if (at === undefined) return { name: 'connecting', label: 'Connecting', detail: `try ${state.attempt}`, at };
      return { name: 'reconnecting', label: 'Reconnecting', detail: `try ${state.attempt}`, at };
    case 'refused': return refused(state.fault, at);
    case 'closed': return { name: 'offline', label: 'Offline', detail: 'stopped', at };
  }
}

/** What is shown instead of the live state; a paused map hides no lost connection. */
export function withFault(instead: Shown, live: Shown): Shown {
  if (instead.name !== 'paused' || live.name === 'live' || live.name === 'figures') return instead;
  return { ...instead, detail: `${instead.detail}; ${live.label.toLowerCase()}: ${live.detail}` };
}

function refused(fault: Fault, at: number | undefined): Shown {
  const label = fault.code === ErrorCode.UNAUTHENTICATED ? 'Not signed in' : 'Refused';
  return { name: 'refused', label, detail: fault.message, at };
}

/** `12 s`, `4 min`, `3 h`, `2 d`: as coarse as it is old. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
