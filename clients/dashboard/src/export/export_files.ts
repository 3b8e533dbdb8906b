import { type AnyBoard } from '../board/any_board.js';
import { tableOf, type Value } from './table.js';

export interface Shown {
  readonly board: AnyBoard;
  /** `Live`, `Replay`. */
  readonly title: string;
  /** The moment that is shown. */
  readonly at: number | undefined;
}

/** An RFC 7946 FeatureCollection of what is listed, with the moment and the link that shows the same. */
export function geojsonOf({ board, title, at }: Shown): string {
  const features = tableOf(board).lines.map(({ id, values, geometry }) => ({ type: 'Feature', id, properties: values, geometry }));
  const asOf = at === undefined ? null : new Date(at).toISOString();
  return JSON.stringify({ type: 'FeatureCollection', title, as_of: asOf, link: location.href, features }, undefined, 1);
}

/** RFC 4180, a header first. */
export function csvOf({ board }: Shown): string {
  const { columns, lines } = tableOf(board);
  const rows = lines.map(({ values }) => columns.map((column) => csvCell(values[column] ?? '')));
  return [columns, ...rows].map((cells) => cells.join(',')).join('\r\n') + '\r\n';
}

/** Quoted where it must be. What begins like a formula is kept from being one in a spreadsheet. */
export function csvCell(value: Value): string {
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
