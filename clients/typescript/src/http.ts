import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { Fault } from './fault.js';
import { ErrorSchema } from './generated/commonwatch/v1/error_pb.js';
import { AlertSchema, type Alert } from './generated/commonwatch/v1/hotspot_pb.js';
import { httpUrl } from './server.js';

/** What the HTTP side of a hub needs to know of who asks. */
export interface HttpOptions {
  readonly server: string;
  readonly token?: () => string;
  readonly purpose?: () => string;
}

const READING = { ignoreUnknownFields: true };

/** Asks a hub over HTTP; rejects with a `Fault` that holds the hub's own words. */
export async function request(options: HttpOptions, path: string, init: RequestInit = {}): Promise<JsonValue> {
  const headers = new Headers(init.headers);
  const token = options.token?.() ?? '';
  if (token !== '') headers.set('Authorization', `Bearer ${token}`);
  const purpose = options.purpose?.() ?? '';
  if (purpose !== '') headers.set('Commonwatch-Purpose', purpose);
  let response: Response;
  try {
    response = await fetch(httpUrl(options.server, path), { ...init, headers });
  } catch {
    throw new Fault('the hub cannot be reached; try again');
  }
  const body = (await response.json().catch(() => undefined)) as JsonValue | undefined;
  if (response.ok && body !== undefined) return body;
  if (body === undefined) throw new Fault(`the hub answered ${response.status} ${response.statusText}`);
  throw Fault.of(fromJson(ErrorSchema, body, READING));
}

/** The alerts that were open at some time of the span (recorded time, milliseconds), in the order of their opening. */
export async function listAlerts(options: HttpOptions, span: { from?: number; to?: number } = {}): Promise<Alert[]> {
  const query = new URLSearchParams();
  if (span.from !== undefined) query.set('from', new Date(span.from).toISOString());
  if (span.to !== undefined) query.set('to', new Date(span.to).toISOString());
  const body = await request(options, `/v1/alerts?${query}`);
  const alerts = (body as { alerts?: JsonValue[] }).alerts ?? [];
  return alerts.map((alert) => fromJson(AlertSchema, alert, READING));
}
