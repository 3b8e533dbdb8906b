import { type Geometry } from 'geojson';
import { type AnyBoard } from '../board/any_board.js';
import { figureTable } from './figure_table.js';
import { hotspotTable } from './hotspot_table.js';

export type Value = string | number | boolean;

/** An entry of the key below a picture. */
export interface KeyEntry {
  readonly text: string;
  readonly light: string;
  readonly dark: string;
  /** Instead of a flat colour. */
  readonly pattern?: 'hidden' | 'none';
}

/** What is on screen, as lines of a table, each with its place. */
export interface Table {
  /** `12 hotspots`. */
  readonly subject: string;
  /** What a line is: `a hotspot`. */
  readonly line: string;
  readonly columns: readonly string[];
  readonly lines: readonly { readonly id: string; readonly values: Readonly<Record<string, Value>>; readonly geometry: Geometry }[];
  readonly key: readonly KeyEntry[];
}

export function tableOf({ shown }: AnyBoard): Table {
  return shown.kind === 'figures' ? figureTable(shown) : hotspotTable(shown);
}
