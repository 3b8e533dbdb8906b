import { AlertState, openAlerts, Severity, type Stop } from '@commonwatch/client';
import { Filters } from '../board/filters.js';
import { Stage } from '../board/stage.js';
import { h } from '../element.js';
import { listenForKeys } from '../shortcuts.js';
import { sound } from '../sound.js';
import { type Page } from '../view.js';

/** What is happening now. */
export function mount(root: HTMLElement, page: Page): Stop {
  const { live, connection, preferences } = page;
  const feed = {
    state: live.state,
    onChange: live.onChange.bind(live),
    // Ages are against the hub's clock, wherever the clock of this machine stands.
    now: () => connection.hubNow(),
  };
  const filters = new Filters(page.address);
  const heading = h('h1', { class: 'visually-hidden' }, 'Live hotspots');
  let name = 'Live';
  const stage = new Stage(page, {
    feed, filters,
    audience: page.audience,
    acknowledge: (alert, action) => connection.acknowledgeAlert(alert.id, alert.version, action),
    onSpent: (ms) => page.pace.addDrawing(ms),
  }, (kind) => {
    name = kind === 'figures' ? 'Figures' : 'Live';
    heading.textContent = kind === 'figures' ? 'Published figures' : 'Live hotspots';
    nameTab();
  });
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => setPaused(!stage.board.isPaused) }, 'Pause');
  const save = h('button', { type: 'button', onclick: () => void openExport() }, 'Export');
  const setPaused = (isPaused: boolean) => {
    stage.board.pause(isPaused);
    pause.setAttribute('aria-pressed', String(isPaused));
    pause.textContent = isPaused ? 'Go on' : 'Pause';
    const at = stage.board.asOf;
    page.show(isPaused ? { name: 'paused', label: 'Paused', detail: 'new data wait', at } : undefined);
  };
  // So that a tab in the background says it too.
  const nameTab = () => {
    const asking = openAlerts(live.state).filter(({ asks }) => asks).length;
    document.title = asking > 0 ? `(${asking}) ${name} · Commonwatch` : `${name} · Commonwatch`;
  };
  const openExport = async () => {
    const { showExport } = await import('../export/export_dialog.js');
    showExport({ board: stage.board, title: name, at: stage.board.asOf }, preferences.isDark);
  };
  root.append(heading, h('div', { class: 'toolbar' }, filters.element, pause, save), stage.board.element);
  nameTab();
  const stops = [
    live.onChange(({ alerts, removed }) => {
      if (alerts.length > 0 || removed.size > 0) nameTab();
      const asks = alerts.some((alert) => alert.asks && alert.state === AlertState.OPEN && alert.hotspot?.severity === Severity.ALERT);
      if (asks && preferences.get('sound')) sound();
    }),
    listenForKeys(preferences, [
      { key: '/', text: 'search', run: () => filters.search.focus() },
      { key: 'j', text: 'next', run: () => stage.board.move(1) },
      { key: 'k', text: 'previous', run: () => stage.board.move(-1) },
      { key: 'p', text: 'pause', run: () => setPaused(!stage.board.isPaused) },
      { key: 'e', text: 'export', run: () => void openExport() },
      { key: 'Escape', text: 'close', run: () => stage.board.choose(undefined) },
    ]),
    () => stage.end(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
