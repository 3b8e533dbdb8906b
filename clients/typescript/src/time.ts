import { type Timestamp } from '@bufbuild/protobuf/wkt';

/** Milliseconds since 1970 of a time on the wire. */
export function millis(time: Timestamp): number {
  return Number(time.seconds) * 1000 + Math.floor(time.nanos / 1_000_000);
}

export function timestamp(time: Date | number): { seconds: bigint; nanos: number } {
  const ms = Math.round(Number(time));
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: (ms - seconds * 1000) * 1_000_000 };
}
