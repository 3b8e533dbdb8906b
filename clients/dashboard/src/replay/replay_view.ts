import { ReplayEndReason, type Ended, type Stop } from '@commonwatch/client';
import { h, setText } from '../element.js';
import { Filters } from '../board/filters.js';
import { listenForKeys } from '../shortcuts.js';
import { dayTime } from '../times.js';
import { type Page } from '../view.js';
import { Player } from './player.js';
import { addressOf, spanOf, SPEEDS, type Span } from './span.js';
import { SpanForm } from './span_form.js';
import { Timeline } from './timeline.js';
import '../styles/replay.css';

const CLOCK_MS = 250;
const MINUTE_MS = 60_000;
const STEPS: [text: string, minutes: number][] = [['−1 h', -60], ['−5 min', -5], ['+5 min', 5], ['+1 h', 60]];

/** The past, as it was shown. */
export function mount(root: HTMLElement, page: Page): Stop {
  const view = new ReplayView(page);
  root.append(...view.elements);
  return () => view.end();
}

class ReplayView {
  readonly #page: Page;
  readonly #form: SpanForm;
  readonly #filters: Filters;
  readonly #timeline = new Timeline((time) => this.#player.seek(time));
  readonly #boards = h('div', { class: 'replay-boards' });
  readonly #play = h('button', { type: 'button', class: 'primary play', onclick: () => this.#toggle() });
  readonly #speed: HTMLSelectElement;
  readonly #time = h('output', { class: 'replay-time numeric', 'aria-label': 'Moment shown' });
  readonly #marks = h('span', { class: 'small muted' });
  readonly #notice = h('p', { class: 'notice', role: 'status', hidden: true });
  readonly #stops: Stop[];
  readonly elements: HTMLElement[];
  #player: Player;

  constructor(page: Page) {
    this.#page = page;
    const span = spanOf(page.address, page.connection.hubNow());
    this.#filters = new Filters(page.address);
    this.#form = new SpanForm(span, (chosen) => this.#start(chosen));
    this.#speed = h('select', { 'aria-label': 'Speed', onchange: () => this.#setSpeed(Number(this.#speed.value)) },
      ...SPEEDS.map((speed) => h('option', { value: speed }, `${speed}×`)));
    this.elements = this.#layout();
    this.#player = this.#begin(span);
    const clock = setInterval(() => this.#draw(), CLOCK_MS);
    this.#stops = [
      () => clearInterval(clock),
      listenForKeys(page.preferences, [
        { key: 'p', text: 'play', run: () => this.#toggle() },
        { key: 'e', text: 'export', run: () => void this.#export() },
        { key: '/', text: 'search', run: () => this.#filters.search.focus() },
        { key: 'j', text: 'next', run: () => this.#player.boards[0]?.move(1) },
        { key: 'k', text: 'previous', run: () => this.#player.boards[0]?.move(-1) },
        { key: 'Escape', text: 'close', run: () => this.#player.boards.forEach((board) => board.choose(undefined)) },
      ]),
    ];
    this.#draw();
  }

  end(): void {
    for (const stop of this.#stops) stop();
    this.#player.end();
    this.#page.show(undefined);
  }

  #layout(): HTMLElement[] {
    const steps = STEPS.map(([text, minutes]) =>
      h('button', { type: 'button', onclick: () => this.#player.seek(this.#player.now() + minutes * MINUTE_MS) }, text));
    return [
      h('h1', { class: 'visually-hidden' }, 'Replay'),
      h('div', { class: 'toolbar' }, this.#filters.element,
        h('button', { type: 'button', onclick: () => void this.#export() }, 'Export'),
        h('a', { class: 'button', href: '#/live' }, 'Back to live')),
      h('div', { class: 'replay-bar' },
        // On a phone the form would push what is replayed out of sight.
        h('details', { class: 'span-detail', open: matchMedia('(min-width: 801px)').matches },
          h('summary', {}, 'Period, knowledge, audience'), this.#form.element),
        h('div', { class: 'transport' }, this.#play, ...steps, this.#speed, this.#time, this.#marks),
        this.#timeline.element, this.#notice),
      this.#boards,
    ];
  }

  #start(span: Span): void {
    this.#player.end();
    this.#page.address.set({ ...addressOf(span), sel: undefined, 'b.sel': undefined });
    this.#player = this.#begin(span);
    this.#draw();
  }

  #begin(span: Span): Player {
    this.#form.show(span);
    this.#speed.value = String(span.speed);
    this.#timeline.setSpan(span.from, span.to);
    this.#notice.hidden = true;
    this.#marks.textContent = '';
    this.#timeline.mark(this.#page.http, span.from, span.to).then(
      (text) => (this.#marks.textContent = text),
      // The alerts of the past are a help, not what the replay is about.
      () => (this.#marks.textContent = 'alerts cannot be listed'));
    const player = new Player(this.#page, this.#filters, span, (fault) => this.#say('bad', fault.message), (ended) => this.#ended(ended));
    this.#boards.replaceChildren(...player.boards.map((board) => board.element));
    this.#boards.dataset['boards'] = String(player.boards.length);
    return player;
  }

  #ended(ended: Ended): void {
    if (ended.reason !== ReplayEndReason.END_OF_RANGE) {
      if (ended.reason === ReplayEndReason.NO_RIGHT) this.#say('bad', 'You have no right to this replay.');
      if (ended.reason === ReplayEndReason.GONE_BY_RETENTION) this.#say('warn', 'What was recorded then is no longer kept.');
      return;
    }
    const marks = [
      ended.altered && 'something was erased since',
      ended.reduced && 'parts are kept only coarsely',
      ended.recomputed && 'computed anew with the settings of today',
    ].filter((mark) => mark !== false);
    const caveat = marks.length === 0 ? '' : ` Not exactly as it was: ${marks.join('; ')}.`;
    if (ended.whole) this.#say(marks.length === 0 ? 'calm' : 'warn', `The end. Every one of ${ended.count} changes came, byte for byte.${caveat}`);
    else this.#say('bad', `The end, but what came is not what the hub sent: do not rely on it.${caveat}`);
  }

  #say(tone: 'calm' | 'warn' | 'bad', text: string): void {
    this.#notice.hidden = false;
    this.#notice.dataset['tone'] = tone;
    this.#notice.textContent = text;
  }

  #toggle(): void {
    if (this.#player.isPlaying) this.#player.pause();
    else this.#player.play();
    this.#notice.hidden = true;
    this.#draw();
  }

  #setSpeed(speed: number): void {
    this.#player.setSpeed(speed);
    this.#page.address.set({ speed });
  }

  #draw(): void {
    const now = this.#player.now();
    const { knowledge, audience } = this.#player.span;
    this.#timeline.draw(now);
    setText(this.#time, dayTime(now));
    setText(this.#play, this.#player.isPlaying ? '❚❚ Pause' : '▶ Play');
    const whose = audience === '' ? '' : `, for ${audience}`;
    const label = this.#player.isPlaying ? `Replay ${this.#player.replay.speed}×` : 'Replay paused';
    this.#page.show({ name: 'replay', label, detail: `as known ${knowledge}${whose}`, at: now });
  }

  async #export(): Promise<void> {
    const { showExport } = await import('../export/export_dialog.js');
    const [board] = this.#player.boards;
    if (board !== undefined) showExport({ board, title: 'Replay', at: this.#player.now() }, this.#page.preferences.isDark);
  }
}
