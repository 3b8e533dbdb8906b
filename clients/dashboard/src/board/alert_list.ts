import { AlertAction, millis, Severity, type Alert } from '@commonwatch/client';
import { h } from '../element.js';
import { age } from '../freshness.js';
import { countText, rarityText, SEVERITY_TEXT } from './texts.js';

export const ACTION_TEXT: Record<AlertAction, string> = {
  [AlertAction.UNSPECIFIED]: 'answered',
  [AlertAction.SEEN]: 'seen',
  [AlertAction.TAKEN]: 'taken',
  [AlertAction.REAL]: 'real',
  [AlertAction.NOT_REAL]: 'not real',
};

/** So many are shown until all are asked for; the unanswered come first. */
const ALERTS_FEW = 4;

export interface Named {
  readonly name: string;
  readonly where: string;
}

/** Open alerts above the list, those that nobody has answered first. */
export class AlertList {
  readonly #list = h('ul', { class: 'alerts' });
  readonly #title = h('h2', {}, 'Alerts');
  readonly #all = h('button', { type: 'button', class: 'more', onclick: () => this.#toggle() });
  readonly element = h('section', { class: 'section', hidden: true }, this.#title, this.#list, this.#all);
  readonly #onChoose: (id: string) => void;
  #drawn = '';
  #areAllShown = false;
  #redraw = () => {};

  constructor(onChoose: (id: string) => void) {
    this.#onChoose = onChoose;
  }

  draw(alerts: readonly Alert[], nameOf: (alert: Alert) => Named, chosen: string | undefined, now: number): void {
    this.#redraw = () => this.draw(alerts, nameOf, chosen, now);
    const facts = alerts.map((alert) => `${alert.id} ${alert.version} ${nameOf(alert).name} ${sinceText(alert, now)}`);
    const state = `${chosen}|${this.#areAllShown}|${facts.join('|')}`;
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.element.hidden = alerts.length === 0;
    const asking = alerts.filter(({ asks }) => asks).length;
    this.#title.textContent = asking > 0 ? `Alerts: ${alerts.length}, ${asking} unanswered` : `Alerts: ${alerts.length}`;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['alert'];
    const shown = this.#areAllShown ? alerts : alerts.slice(0, ALERTS_FEW);
    this.#all.hidden = alerts.length <= ALERTS_FEW;
    this.#all.textContent = this.#areAllShown ? 'Show fewer' : `Show all ${alerts.length} alerts`;
    this.#list.replaceChildren(...shown.map((alert) => this.#item(alert, nameOf(alert), alert.id === chosen, now)));
    if (focused !== undefined) this.#list.querySelector<HTMLElement>(`[data-alert="${CSS.escape(focused)}"]`)?.focus();
  }

  #toggle(): void {
    this.#areAllShown = !this.#areAllShown;
    this.#redraw();
  }

  #item(alert: Alert, { name, where }: Named, chosen: boolean, now: number): HTMLLIElement {
    const hotspot = alert.hotspot;
    const last = alert.acknowledgements.at(-1);
    const answer = last === undefined ? 'unanswered' : `${ACTION_TEXT[last.action]} by ${last.principal}`;
    return h('li', {}, h('button', {
      type: 'button', class: 'alert', 'data-alert': alert.id, 'data-asks': String(alert.asks),
      'data-severity': Severity[hotspot?.severity ?? Severity.UNSPECIFIED].toLowerCase(), 'aria-current': chosen ? 'true' : undefined,
      onclick: () => this.#onChoose(alert.id),
    },
      h('span', { class: 'row-head' }, h('span', { class: 'row-name' }, name),
        h('span', { class: 'badge' }, SEVERITY_TEXT[hotspot?.severity ?? Severity.UNSPECIFIED])),
      h('span', {}, h('strong', {}, countText(hotspot?.count ?? 0)), `, ${rarityText(hotspot?.intervalDays ?? 0)}`),
      h('span', { class: 'small muted' }, `${where === '' ? '' : `${where} · `}${sinceText(alert, now)} · ${answer}${alert.asks && last !== undefined ? ', asks again' : ''}`)));
  }
}

function sinceText(alert: Alert, now: number): string {
  return alert.openedAt === undefined ? '' : `open for ${age(now - millis(alert.openedAt))}`;
}
