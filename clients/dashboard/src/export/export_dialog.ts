import { h } from '../element.js';
import { dayTime } from '../times.js';
import { csvOf, geojsonOf, type Shown } from './export_files.js';
import { imageOf } from './export_image.js';
import { tableOf } from './table.js';

/** What is on screen, as a file or on paper. */
export function showExport(shown: Shown, isDark: boolean): void {
  const { board, title, at } = shown;
  const { subject, line } = tableOf(board);
  const moment = at === undefined ? 'No data yet' : dayTime(at);
  const said = h('p', { class: 'small', role: 'status' });
  const save = async (suffix: string, make: () => Promise<Blob> | Blob) => {
    try {
      download(await make(), `commonwatch-${title.toLowerCase()}-${fileTime(at)}.${suffix}`);
      said.textContent = 'Saved.';
    } catch (error) {
      said.textContent = `Not saved: ${(error as Error).message}`;
    }
  };
  const choice = (name: string, text: string, run: () => void) =>
    h('li', {}, h('button', { type: 'button', onclick: run }, h('strong', {}, name), h('span', { class: 'small muted' }, ` ${text}`)));
  const dialog = h('dialog', { class: 'export', 'aria-labelledby': 'export-title', onclose: () => dialog.remove() },
    h('header', {}, h('h2', { id: 'export-title' }, 'Export what is on screen'),
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close the export', onclick: () => dialog.close() }, '✕')),
    h('p', { class: 'muted' }, `${subject}, as of ${moment}, with the filters that are set.`),
    h('ul', { class: 'choices' },
      choice('GeoJSON', 'cells and what is said of them, for a map', () => void save('geojson', () => new Blob([geojsonOf(shown)], { type: 'application/geo+json' }))),
      choice('CSV', `${line} a line, for a spreadsheet`, () => void save('csv', () => new Blob([csvOf(shown)], { type: 'text/csv' }))),
      choice('Image', 'the map with its legend, as PNG', () => void save('png', () => imageOf(shown, isDark))),
      choice('Print', 'list and map on paper', () => {
        dialog.close();
        print();
      }),
      choice('Link', 'copies the address of this view', () => void copyLink(said))),
    said);
  document.body.append(dialog);
  dialog.showModal();
}

async function copyLink(said: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    said.textContent = 'Copied. Who opens it sees what their own rights allow.';
  } catch {
    said.textContent = `This browser does not let a page copy: ${location.href}`;
  }
}

function fileTime(at: number | undefined): string {
  return at === undefined ? 'none' : new Date(at).toISOString().slice(0, 19).replaceAll(':', '-');
}

function download(blob: Blob, name: string): void {
  const link = h('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
