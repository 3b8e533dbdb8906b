import { request, type HttpOptions } from '@commonwatch/client';
import { type Sealed, type SealedStore } from './sealed_store.js';

const NAME = 'device';

/** This phone as a source of its agency. */
export interface Device {
  readonly source: string;
  readonly token: string;
  readonly expiresAt: string;
}

export async function readDevice(store: SealedStore): Promise<Device | undefined> {
  const held = await store.read<Sealed>('device', NAME);
  return held && (await store.unseal<Device>(held));
}

/** Rejects with the hub's own words: a code is wrong, used or too old. */
export async function enrol(store: SealedStore, server: string, code: string): Promise<Device> {
  const answer = await request({ server }, '/v1/enrol', {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code }),
  });
  const device = answer as unknown as Device;
  await store.write('device', NAME, await store.seal(device));
  return device;
}

/** For somebody who may enrol: a code to read out. */
export async function makeCode(http: HttpOptions): Promise<{ code: string; expiresAt: string }> {
  return (await request(http, '/v1/enrolment-codes', { method: 'POST', body: '{}' })) as unknown as { code: string; expiresAt: string };
}
