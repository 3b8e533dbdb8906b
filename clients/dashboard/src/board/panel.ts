import { AlertAction, AlertAssessment, AlertState, Severity, type Alert, type Hotspot } from '@commonwatch/client';
import { h } from '../element.js';
import { alertStory, evidenceFacts, hotspotFacts } from './evidence.js';
import { countText, SEVERITY_TEXT, windowText, zoneText } from './texts.js';

const ASSESSMENT_TEXT: Record<AlertAssessment, string> = {
  [AlertAssessment.UNSPECIFIED]: '',
  [AlertAssessment.CONFIRMED]: 'Later data confirm it.',
  [AlertAssessment.WEAKENED]: 'Later data weaken it.',
};
const STATE_TEXT: Record<AlertState, string> = {
  [AlertState.UNSPECIFIED]: '', [AlertState.OPEN]: 'open', [AlertState.CLOSED]: 'closed',
  [AlertState.WITHDRAWN]: 'withdrawn: corrected data took its ground away', [AlertState.MERGED]: 'merged into an older alert',
};
const ACTIONS: [AlertAction, string][] = [
  [AlertAction.SEEN, 'Seen'], [AlertAction.TAKEN, 'Taken'], [AlertAction.REAL, 'Real'], [AlertAction.NOT_REAL, 'Not real'],
];

export interface PanelSubject {
  readonly name: string;
  readonly where: string;
  readonly hotspot: Hotspot;
  readonly alert: Alert | undefined;
  /** The hotspot is no longer shown by the hub. */
  readonly isGone: boolean;
}

/** What one hotspot or alert rests on, and the answers that can be given. */
export class Panel {
  readonly #title = h('h2', { tabindex: '-1' });
  readonly #body = h('div', { class: 'panel-body', tabindex: '0', role: 'region', 'aria-label': 'What it rests on' });
  readonly #said = h('p', { class: 'small', role: 'status' });
  readonly #actions = h('div', { class: 'actions', role: 'group', 'aria-label': 'Answer the alert' });
  readonly element: HTMLElement;
  readonly #acknowledge: ((alert: Alert, action: AlertAction) => Promise<Date>) | undefined;
  #subject: PanelSubject | undefined;
  #drawn = '';

  constructor(onClose: () => void, onZoom: (hotspot: Hotspot) => void, acknowledge?: (alert: Alert, action: AlertAction) => Promise<Date>) {
    this.#acknowledge = acknowledge;
    const zoom = () => this.#subject !== undefined && onZoom(this.#subject.hotspot);
    this.element = h('aside', { class: 'panel', 'aria-label': 'Evidence', hidden: true },
      h('header', {}, this.#title,
        h('button', { type: 'button', class: 'zoom', onclick: zoom }, 'Show on map'),
        h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close the evidence', onclick: onClose }, '✕')),
      this.#body, this.#actions, this.#said);
    for (const [action, text] of acknowledge === undefined ? [] : ACTIONS) {
      this.#actions.append(h('button', { type: 'button', 'data-action': AlertAction[action], onclick: () => void this.#answer(action) }, text));
    }
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  close(): void {
    this.element.hidden = true;
    this.#subject = undefined;
    this.#drawn = '';
  }

  focus(): void {
    this.#title.focus();
  }

  draw(subject: PanelSubject): void {
    const { name, hotspot, alert, isGone } = subject;
    if (this.#subject?.hotspot.id !== hotspot.id) this.#said.textContent = '';
    this.#subject = subject;
    this.element.hidden = false;
    const state = JSON.stringify([name, hotspot.id, hotspot.count, hotspot.windowHours, hotspot.scoreNats, alert?.id, alert?.version, isGone]);
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.#title.textContent = name;
    this.#actions.hidden = alert === undefined || this.#acknowledge === undefined;
    const said = new Set(alert?.acknowledgements.map(({ action }) => AlertAction[action]));
    for (const button of this.#actions.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(said.has(button.dataset['action'] ?? '')));
    }
    this.#body.replaceChildren(...this.#content(subject));
  }

  #content({ where, hotspot, alert, isGone }: PanelSubject): HTMLElement[] {
    const parts: HTMLElement[] = [
      h('p', { class: 'panel-lead', 'data-severity': Severity[hotspot.severity].toLowerCase() },
        h('span', { class: 'badge' }, SEVERITY_TEXT[hotspot.severity]), ' ',
        h('strong', {}, `${countText(hotspot.count)} in ${windowText(hotspot.windowHours)}`),
        h('span', { class: 'muted' }, ` over a ${zoneText(hotspot.zone)}${where === '' ? '' : ` around ${where}`}`)),
    ];
    if (isGone) parts.push(h('p', { class: 'notice', 'data-tone': 'warn' }, 'No longer beyond expectation. This is how it stood last.'));
    if (alert !== undefined && alert.state !== AlertState.OPEN) {
      parts.push(h('p', { class: 'notice' }, `This alert is ${STATE_TEXT[alert.state]}.`));
    }
    parts.push(hotspotFacts(hotspot));
    if (alert?.evidence === undefined) {
      parts.push(h('p', { class: 'muted small' }, 'No alert is open here; the hub sends evidence with alerts only.'));
      return parts;
    }
    const assessment = ASSESSMENT_TEXT[alert.assessment];
    parts.push(h('h3', {}, 'What it rests on'), evidenceFacts(alert.hotspot ?? hotspot, alert.evidence));
    parts.push(h('h3', {}, 'What happened'), alertStory(alert));
    if (assessment !== '') parts.push(h('p', {}, assessment));
    return parts;
  }

  async #answer(action: AlertAction): Promise<void> {
    const alert = this.#subject?.alert;
    if (alert === undefined || this.#acknowledge === undefined) return;
    this.#said.textContent = 'Sending…';
    try {
      await this.#acknowledge(alert, action);
      this.#said.textContent = 'On disk at the hub; everybody sees it.';
    } catch (error) {
      this.#said.textContent = `Not recorded: ${(error as Error).message}`;
    }
  }
}
