import { type Stop } from '@commonwatch/client';
import { type AnyBoard, type BoardOptions, type ShownFigures } from '../board/any_board.js';
import { MapSlot } from '../board/map_slot.js';
import { PlaceNames } from '../board/place_names.js';
import { RankedList } from '../board/ranked_list.js';
import { Tabs } from '../board/tabs.js';
import { h, setText } from '../element.js';
import { type FigureMap } from '../map/figure_map.js';
import { publishFigureRamp } from '../map/figure_ramp.js';
import { dayTime } from '../times.js';
import { type Page } from '../view.js';
import { FigureControls } from './figure_controls.js';
import { figureEmptiness } from './figure_emptiness.js';
import { figureLegend } from './figure_legend.js';
import { FigureRow, type FigureFacts } from './figure_row.js';
import { figureSceneOf, sliceOf, type FigureScene, type FigureSlice } from './figure_scene.js';
import { K_NOTE, periodText } from './figure_texts.js';
import { HealthList } from './health_list.js';
import { kindOf, periodName, type ZoneFigure } from './zone_figure.js';
import '../styles/figures.css';

/** The list is redrawn at most so often, in milliseconds: a replay brings many states a second. */
const DRAW_MS = 250;

/** Map and list of published figures: all zones of a period, or all periods of a zone. */
export class FigureBoard implements AnyBoard {
  readonly #page: Page;
  readonly #options: BoardOptions;
  readonly #names = new PlaceNames(() => this.#drawSoon());
  readonly #health = new HealthList();
  readonly #controls = new FigureControls(
    (period) => this.#set({ period }), () => this.choose(undefined));
  readonly #list = new RankedList<ZoneFigure, FigureFacts>(
    () => new FigureRow(), (id) => this.choose(id), (id) => this.#point(id?.split('@')[0]), () => this.draw());
  readonly #lead = h('p', { class: 'notice figure-lead' });
  readonly #title = h('h2', {});
  readonly #empty = h('div', { class: 'notice empty', hidden: true });
  readonly #note = h('p', { class: 'small muted' }, K_NOTE);
  readonly #paper = h('p', { class: 'on-paper small' });
  readonly #tabs = new Tabs(() => this.map.view?.resize());
  readonly map: MapSlot<FigureMap>;
  readonly element: HTMLElement;
  readonly #stops: Stop[];
  #scene: FigureScene;
  #slice: FigureSlice | undefined;
  #isPaused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #announced: string | undefined;

  constructor(page: Page, options: BoardOptions) {
    this.#page = page;
    this.#options = options;
    this.#scene = figureSceneOf(options.feed.state);
    publishFigureRamp(document.documentElement);
    this.map = new MapSlot(page, {
      addressName: this.#key('map'), legend: figureLegend(),
      callbacks: { choose: (token) => this.#chooseZone(token), point: (token) => this.#point(token) },
      load: async () => (await import('../map/figure_map.js')).FigureMap,
      ready: () => this.draw(),
    });
    this.element = this.#tabs.board(
      h('div', { class: 'board-list' }, this.#paper, this.#lead, this.#health.element,
        h('section', { class: 'section figures' }, this.#title, this.#controls.element, this.#empty, this.#list.element, this.#note)),
      this.map.element);
    this.#stops = [
      options.feed.onChange(() => this.#changed()),
      page.address.onChange(() => this.draw()),
      page.preferences.onChange(() => this.map.view?.setTheme(page.preferences.isDark)),
    ];
    this.draw();
  }

  get asOf(): number | undefined {
    return this.#scene.asOf;
  }

  get shown(): ShownFigures {
    return { kind: 'figures', figures: this.#slice?.listed ?? [], nameOf: (figure) => this.#names.of(figure) };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#changed();
  }

  /** Of all zones: its zone, over all periods; of one zone: its period on the map. Undefined: all zones again. */
  choose(id: string | undefined): void {
    const [zone, period] = id?.split('@') ?? [];
    const before = this.#page.address.get(this.#key('zone'));
    this.#set({ zone, ...(period === undefined ? {} : { period: this.#isNewest(period) ? undefined : period }) });
    if (id === undefined && before !== undefined) this.#row(before)?.focus();
  }

  move(step: 1 | -1): void {
    this.#list.move(step, this.element.querySelector<HTMLElement>('.row[aria-current]')?.dataset['id']);
  }

  draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const began = performance.now();
    this.#options.filters.read();
    const nameOf = (figure: ZoneFigure) => this.#names.of(figure);
    const slice = sliceOf(this.#scene, {
      period: this.#page.address.get(this.#key('period')), zone: this.#page.address.get(this.#key('zone')),
      text: (this.#page.address.get('q') ?? '').trim().toLowerCase(),
    }, nameOf);
    this.#slice = slice;
    this.#drawWords(slice);
    this.#drawEmpty(slice);
    this.#health.draw(this.#scene.health);
    this.#list.draw(slice.zone === undefined ? 'Figures, the most persons first' : 'Figures of one zone, the newest first',
      slice.listed, (figure, rank) => this.#facts(figure, rank, slice));
    this.#drawMap(slice);
    this.#announce(slice);
    this.#options.onSpent?.(performance.now() - began);
  }

  end(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    this.map.end();
    this.element.remove();
  }

  #key(name: string): string {
    return `${this.#options.prefix ?? ''}${name}`;
  }

  #set(values: Record<string, string | undefined>): void {
    this.#page.address.set(Object.fromEntries(Object.entries(values).map(([name, value]) => [this.#key(name), value])));
  }

  #isNewest(period: string): boolean {
    const [newest] = this.#scene.periods;
    return newest !== undefined && periodName(newest.start) === period;
  }

  #changed(): void {
    if (this.#isPaused) return;
    this.#scene = figureSceneOf(this.#options.feed.state);
    this.#drawSoon();
  }

  #drawSoon(): void {
    this.#timer ??= setTimeout(() => this.draw(), DRAW_MS);
  }

  /** A click on the zone that is chosen shows all of them again. */
  #chooseZone(token: string): void {
    this.#set({ zone: token === this.#slice?.zone?.token ? undefined : token });
    // On a phone the list, which says what the zone is, is out of sight.
    if (this.#slice?.zone !== undefined) this.#tabs.show('list');
  }

  #row(token: string): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`.row[data-zone="${CSS.escape(token)}"]`);
  }

  #point(token: string | undefined): void {
    this.map.view?.point(token);
    for (const row of this.element.querySelectorAll<HTMLElement>('.row[data-pointed]')) delete row.dataset['pointed'];
    const row = token === undefined ? null : this.#row(token);
    if (row !== null && this.#slice?.zone === undefined) row.dataset['pointed'] = '';
  }

  #facts(figure: ZoneFigure, rank: number, { zone, period }: FigureSlice): FigureFacts {
    const [place, where, when] = [this.#names.of(figure), this.#names.where(figure), periodText(figure)];
    // What all rows have in common stands above them.
    if (zone !== undefined) return { figure, rank, name: when, where, chosen: figure.start === period?.start };
    return { figure, rank, name: place, where: where === place ? when : `${when} · ${where}`, chosen: false };
  }

  #drawWords(slice: FigureSlice): void {
    const { asOf, periods } = this.#scene;
    const audience = this.#options.audience();
    setText(this.#lead, `What ${audience === '' ? 'this audience' : `the audience ${audience}`} is shown: figures, not the live picture. Persons by zone and period, told when a period is over.`);
    setText(this.#title, titleOf(slice));
    this.#controls.draw(periods, slice.period, slice.zone && this.#names.of(slice.zone));
    this.#note.hidden = !slice.listed.some(({ alerts }) => alerts.length > 0);
    setText(this.#paper, `Commonwatch, figures for the audience ${audience}, as of ${asOf === undefined ? 'never: no data' : dayTime(asOf)}. ${location.href}`);
  }

  #drawEmpty({ listed, passedOver }: FigureSlice): void {
    this.#empty.hidden = listed.length > 0;
    if (this.#empty.hidden) return;
    const { title, text, tone } = figureEmptiness(this.#scene.asOf !== undefined, passedOver);
    if (this.#empty.dataset['state'] === text) return;
    this.#empty.dataset['state'] = text;
    this.#empty.dataset['tone'] = tone;
    const showAll = h('button', { type: 'button', hidden: passedOver === 0, onclick: () => this.#options.filters.clear() }, 'Show all');
    this.#empty.replaceChildren(h('strong', {}, title), h('p', {}, text), showAll);
  }

  #drawMap({ mapped, zone }: FigureSlice): void {
    if (this.#scene.asOf !== undefined) this.map.load();
    this.map.view?.setFigures(mapped);
    this.map.view?.choose(zone?.token);
  }

  #announce({ mapped, period }: FigureSlice): void {
    if (period === undefined) return;
    const state = `${period.start} ${mapped.map(({ id, persons, state: shown }) => `${id} ${shown} ${persons}`).join()}`;
    const isFirst = this.#announced === undefined;
    if (state === this.#announced) return;
    this.#announced = state;
    if (isFirst) return;
    const shown = mapped.filter(({ state: each }) => kindOf(each) === 'shown').length;
    this.#page.announcer.announce(() => `Figures of ${periodText(period)}: ${shown} of ${mapped.length} zones have a number.`);
  }
}

function titleOf({ listed, period, zone }: FigureSlice): string {
  if (zone !== undefined) return `Figures of this zone: ${listed.length} ${listed.length === 1 ? 'period' : 'periods'}`;
  if (period === undefined) return 'Figures';
  const shown = listed.filter(({ state }) => kindOf(state) === 'shown').length;
  return `Figures: ${shown} of ${listed.length} ${listed.length === 1 ? 'zone' : 'zones'} with a number`;
}
