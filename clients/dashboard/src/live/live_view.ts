import { AlertState, openAlerts, Severity, type Stop } from '@commonwatch/client';
import { Board } from '../board/board.js';
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
  const board = new Board(page, {
    feed,
    acknowledge: (alert, action) => connection.acknowledgeAlert(alert.id, alert.version, action),
    onSpent: (ms) => page.pace.addDrawing(ms),
  });
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => setPaused(!board.isPaused) }, 'Pause');
  const save = h('button', { type: 'button', onclick: () => void openExport() }, 'Export');
  const setPaused = (isPaused: boolean) => {
    board.pause(isPaused);
    pause.setAttribute('aria-pressed', String(isPaused));
    pause.textContent = isPaused ? 'Go on' : 'Pause';
    const at = board.shown.scene.asOf;
    page.show(isPaused ? { name: 'paused', label: 'Paused', detail: 'new data wait', at } : undefined);
  };
  // So that a tab in the background says it too.
  const nameTab = () => {
    const asking = openAlerts(live.state).filter(({ asks }) => asks).length;
    document.title = asking > 0 ? `(${asking}) Live · Commonwatch` : 'Live · Commonwatch';
  };
  const openExport = async () => {
    const { showExport } = await import('../export/export_dialog.js');
    showExport({ board, title: 'Live', at: board.shown.scene.asOf }, preferences.isDark);
  };
  root.append(h('h1', { class: 'visually-hidden' }, 'Live hotspots'),
    h('div', { class: 'toolbar' }, board.filters.element, pause, save), board.element);
  nameTab();
  const stops = [
    live.onChange(({ alerts, removed }) => {
      if (alerts.length > 0 || removed.size > 0) nameTab();
      const asks = alerts.some((alert) => alert.asks && alert.state === AlertState.OPEN && alert.hotspot?.severity === Severity.ALERT);
      if (asks && preferences.get('sound')) sound();
    }),
    listenForKeys(preferences, [
      { key: '/', text: 'search', run: () => board.filters.search.focus() },
      { key: 'j', text: 'next', run: () => board.move(1) },
      { key: 'k', text: 'previous', run: () => board.move(-1) },
      { key: 'p', text: 'pause', run: () => setPaused(!board.isPaused) },
      { key: 'e', text: 'export', run: () => void openExport() },
      { key: 'Escape', text: 'close', run: () => board.choose(undefined) },
    ]),
    () => board.end(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
