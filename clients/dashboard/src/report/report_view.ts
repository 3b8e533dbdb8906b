import { type Stop } from '@commonwatch/client';
import { h } from '../element.js';
import { type Page } from '../view.js';
import { readDevice, type Device } from './device.js';
import { enrolForm } from './enrol_form.js';
import { Outbox } from './outbox.js';
import { ReportForm } from './report_form.js';
import { SealedStore } from './sealed_store.js';
import { sentList } from './sent_list.js';
import '../styles/report.css';

const DEAD = 'This phone may no longer report: its enrolment was ended or has expired. What it had not sent is gone. '
  + 'Ask your agency for a new code, and tell it what was missing.';

/** An agency without software enters an incident in ten seconds. */
export function mount(root: HTMLElement, page: Page): Stop {
  const body = h('div', { class: 'report' });
  root.append(h('h1', { class: 'visually-hidden' }, 'Report an overdose'), body);
  let end: Stop = () => undefined;
  let isOver = false;
  keepForOffline();
  const enterCode = (store: SealedStore, reason?: string) => {
    end();
    end = () => undefined;
    page.show(undefined);
    if (!isOver) body.replaceChildren(enrolForm(page, store, reason, (device) => begin(store, device)));
  };
  const begin = (store: SealedStore, device: Device) => {
    end();
    if (isOver) return;
    const list = h('div');
    const outbox = new Outbox(store, page.http.server, device, () => void draw(), () => enterCode(store, DEAD));
    const draw = async () => {
      const entries = await outbox.list();
      if (isOver) return;
      list.replaceChildren(sentList(entries, outbox.problem, (name) => void outbox.undo(name)));
      const waiting = entries.filter(({ sentAt }) => sentAt === undefined).length;
      page.show({ name: 'reporting', label: waiting === 0 ? 'All sent' : `${waiting} not sent`, detail: 'this phone reports', at: undefined });
    };
    const form = new ReportForm(page, (report) => outbox.add(report));
    body.replaceChildren(h('p', { class: 'small muted report-source' }, `Reports as ${device.source}`), form.element, list);
    outbox.start();
    void draw();
    end = () => {
      outbox.stop();
      form.end();
    };
  };
  void SealedStore.open().then(async (store) => {
    const device = await readDevice(store);
    if (device === undefined) enterCode(store);
    else begin(store, device);
  }).catch((error: unknown) => body.replaceChildren(h('p', { class: 'notice', 'data-tone': 'bad' }, (error as Error).message)));
  return () => {
    isOver = true;
    end();
  };
}

/** So that the page opens without a network, on phones that report. */
function keepForOffline(): void {
  const here = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
  const keep = [...new Set(here)].filter((path) => path.startsWith('/assets/'));
  void navigator.serviceWorker?.register('./service_worker.js').then(async () => {
    (await navigator.serviceWorker.ready).active?.postMessage({ keep });
  }).catch(() => undefined);
}
