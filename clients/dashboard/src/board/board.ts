import { type Alert, type Change, type Hotspot, type Stop } from '@commonwatch/client';
import { h } from '../element.js';
import { type HotspotMap } from '../map/hotspot_map.js';
import { type Page } from '../view.js';
import { AlertList, type Named } from './alert_list.js';
import { Details } from './details.js';
import { emptiness } from './emptiness.js';
import { dayTime } from '../times.js';
import { selectionOf } from './filters.js';
import { History } from './history.js';
import { HotspotRow, type RowFacts } from './hotspot_row.js';
import { hotspotLegend } from './legend.js';
import { MapSlot } from './map_slot.js';
import { Panel, type PanelSubject } from './panel.js';
import { PlaceNames } from './place_names.js';
import { RankedList } from './ranked_list.js';
import { choose, sceneOf, type Scene } from './scene.js';
import { type AnyBoard, type BoardOptions, type ShownHotspots } from './any_board.js';
import { Tabs } from './tabs.js';
import { countText } from './texts.js';

/** The list is redrawn at most so often, in milliseconds: nobody reads ten times a second. The map follows every tick. */
const DRAW_MS = 500;
/** Ages grow also when nothing comes. */
const AGE_MS = 15_000;

/** Map and ranked list of one state, linked both ways. */
export class Board implements AnyBoard {
  readonly #page: Page;
  readonly #options: BoardOptions;
  readonly #history = new History();
  readonly #names = new PlaceNames(() => this.drawSoon());
  readonly #alerts = new AlertList((id) => this.choose(id));
  readonly #list = new RankedList<Hotspot, RowFacts>(() => new HotspotRow(), (id) => this.choose(id), (id) => this.#point(id), () => this.draw());
  readonly #details = new Details();
  readonly #empty = h('div', { class: 'notice empty', hidden: true });
  readonly #title = h('h2', {});
  /** What a sheet of paper has to say of itself. */
  readonly #paper = h('p', { class: 'on-paper small' });
  readonly #panel: Panel;
  readonly #map: MapSlot<HotspotMap>;
  readonly #tabs = new Tabs((tab) => this.#tabShown(tab));
  readonly #stops: Stop[] = [];
  readonly #ages: ReturnType<typeof setInterval>;
  readonly element: HTMLElement;
  #frozen: Scene | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #chosenHotspots: Hotspot[] = [];
  #announced: Set<string> | undefined;
  #last: PanelSubject | undefined;

  constructor(page: Page, options: BoardOptions) {
    this.#page = page;
    this.#options = options;
    this.#map = new MapSlot(page, {
      addressName: this.#key('map'), legend: hotspotLegend(),
      callbacks: { choose: (id) => this.choose(id), point: (id) => this.#point(id) },
      load: async () => (await import('../map/hotspot_map.js')).HotspotMap,
      ready: (view) => view.setHotspots(this.#chosenHotspots),
    });
    this.#panel = new Panel(() => this.choose(undefined), (hotspot) => this.zoomTo(hotspot), options.acknowledge);
    this.element = this.#layout();
    this.#stops.push(
      options.feed.onChange((change) => this.#changed(change)),
      page.address.onChange(() => this.draw()),
      page.preferences.onChange(() => this.#map.view?.setTheme(page.preferences.isDark)));
    this.#ages = setInterval(() => this.draw(), AGE_MS);
    this.draw();
  }

  get map(): MapSlot<HotspotMap> {
    return this.#map;
  }

  /** What is on screen: the scene, and what is chosen of it, ranked. */
  get shown(): ShownHotspots {
    return { kind: 'hotspots', hotspots: this.#chosenHotspots, nameOf: (hotspot) => this.#names.of(hotspot) };
  }

  get asOf(): number | undefined {
    return this.#scene().asOf;
  }

  get isPaused(): boolean {
    return this.#frozen !== undefined;
  }

  pause(isPaused: boolean): void {
    this.#frozen = isPaused ? sceneOf(this.#options.feed.state) : undefined;
    this.draw();
  }

  /** A hotspot or an alert, by its id. */
  choose(id: string | undefined): void {
    const before = this.#chosenId();
    this.#page.address.set({ [this.#key('sel')]: id });
    if (id !== undefined) {
      this.#panel.focus();
      const subject = this.#subject(this.#scene());
      if (subject !== undefined) this.#list.reveal(subject.hotspot.id);
    } else if (before !== undefined) {
      this.element.querySelector<HTMLElement>(`[data-id="${CSS.escape(before)}"], [data-alert="${CSS.escape(before)}"]`)?.focus();
    }
  }

  zoomTo(hotspot: Hotspot): void {
    this.#tabs.show('map');
    this.#map.view?.zoomTo(hotspot, this.#panel.element.offsetParent === null ? 0 : this.#panel.element.offsetWidth);
  }

  move(step: 1 | -1): void {
    this.#list.move(step, this.#chosenId());
  }

  drawSoon(): void {
    this.#timer ??= setTimeout(() => this.draw(), DRAW_MS);
  }

  draw(): void {
    const began = performance.now();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.filters.read();
    const scene = this.#scene();
    const now = this.#options.feed.now();
    if (scene.asOf !== undefined && !this.isPaused) this.#history.add(scene.hotspots, now);
    const nameOf = (hotspot: Parameters<PlaceNames['of']>[0]) => this.#names.of(hotspot);
    const agencies = agenciesOf(scene);
    const searched = (hotspot: Hotspot) => `${nameOf(hotspot)} ${agencies.get(hotspot.id) ?? ''}`;
    this.#chosenHotspots = choose(scene, selectionOf(this.#page.address), searched);
    const hidden = scene.hotspots.length - this.#chosenHotspots.length;
    const subject = this.#subject(scene);
    this.#paper.textContent = `Commonwatch, as of ${scene.asOf === undefined ? 'never: no data' : dayTime(scene.asOf)}. ${location.href}`;
    this.#title.textContent = title(this.#chosenHotspots.length, hidden);
    this.#drawEmpty(scene, hidden);
    this.#alerts.draw(scene.open, (alert) => this.#named(alert), this.#chosenId(), now);
    this.#list.draw('Hotspots, the most alarming first', this.#chosenHotspots, (hotspot, rank) => ({
      hotspot, rank, name: nameOf(hotspot), where: this.#names.where(hotspot), agencies: agencies.get(hotspot.id) ?? '',
      chosen: hotspot.id === subject?.hotspot.id, now, history: this.#history,
    }));
    this.#details.draw(scene, nameOf, now);
    this.#map.view?.setHotspots(this.#chosenHotspots);
    if (scene.asOf !== undefined) this.#map.load();
    this.#map.view?.choose(subject?.hotspot.id);
    if (subject === undefined) this.#panel.close();
    else this.#panel.draw(subject);
    this.element.classList.toggle('with-panel', subject !== undefined);
    if (scene.asOf !== undefined) this.#announce();
    this.#options.onSpent?.(performance.now() - began);
  }

  end(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    clearInterval(this.#ages);
    this.#map.end();
    this.element.remove();
  }

  #layout(): HTMLElement {
    return this.#tabs.board(
      h('div', { class: 'board-list' },
        this.#paper, this.#details.sources, this.#alerts.element,
        h('section', { class: 'section hotspots' }, this.#title, this.#empty, this.#list.element),
        ...this.#details.elements),
      this.#map.element, this.#panel.element);
  }

  #tabShown(tab: 'list' | 'map'): void {
    if (tab === 'map' && matchMedia('(max-width: 800px)').matches) this.choose(undefined);
    this.#map.view?.resize();
  }

  #key(name: string): string {
    return `${this.#options.prefix ?? ''}${name}`;
  }

  #chosenId(): string | undefined {
    return this.#page.address.get(this.#key('sel'));
  }

  #named({ id, hotspot }: Alert): Named {
    if (hotspot === undefined) return { name: id, where: '' };
    const [name, where] = [this.#names.of(hotspot), this.#names.where(hotspot)];
    return { name, where: where === name ? '' : where };
  }

  #scene(): Scene {
    return this.#frozen ?? sceneOf(this.#options.feed.state);
  }

  #changed(change: Change): void {
    // A jump in time: nothing that was seen before tells a trend.
    if (change.whole) this.#history.clear();
    this.#history.remove(change.removed);
    if (this.isPaused) return;
    this.#map.view?.setScores(change.changed.values());
    this.drawSoon();
  }

  #point(id: string | undefined): void {
    this.#map.view?.point(id);
    for (const row of this.element.querySelectorAll<HTMLElement>('.row[data-pointed]')) delete row.dataset['pointed'];
    if (id === undefined) return;
    const row = this.element.querySelector<HTMLElement>(`.row[data-id="${CSS.escape(id)}"]`);
    if (row !== null) row.dataset['pointed'] = '';
  }

  /** What the address chooses; what has gone in the meantime stays in the panel as it stood last. */
  #subject(scene: Scene): PanelSubject | undefined {
    const id = this.#chosenId();
    if (id === undefined) return (this.#last = undefined);
    const alert = scene.alerts.find((each) => each.id === id) ?? scene.open.find((each) => each.hotspot?.id === id);
    const hotspot = scene.hotspots.find((each) => each.id === (alert?.hotspot?.id ?? id)) ?? alert?.hotspot;
    if (hotspot !== undefined) {
      return (this.#last = { name: this.#names.of(hotspot), where: this.#names.where(hotspot), hotspot, alert, isGone: false });
    }
    if (this.#last === undefined || this.#last.hotspot.id !== id) return undefined;
    return (this.#last = { ...this.#last, isGone: true });
  }

  #drawEmpty(scene: Scene, hidden: number): void {
    this.#empty.hidden = this.#chosenHotspots.length > 0;
    if (this.#empty.hidden) return;
    const { title: heading, text, tone } = emptiness(scene.asOf !== undefined, scene.sources, hidden, this.#options.audience());
    const state = `${heading} ${text}`;
    if (this.#empty.dataset['state'] === state) return;
    this.#empty.dataset['state'] = state;
    this.#empty.dataset['tone'] = tone;
    const showAll = h('button', { type: 'button', hidden: hidden === 0, onclick: () => this.#options.filters.clear() }, 'Show all');
    this.#empty.replaceChildren(h('strong', {}, heading), h('p', {}, text), showAll);
  }

  #announce(): void {
    const ids = new Set(this.#chosenHotspots.map(({ id }) => id));
    const before = this.#announced;
    this.#announced = ids;
    if (before === undefined || (before.size === ids.size && [...ids].every((id) => before.has(id)))) return;
    this.#page.announcer.announce(() => {
      const [first] = this.#chosenHotspots;
      const number = this.#chosenHotspots.length;
      if (first === undefined) return 'No hotspots are listed now.';
      return `${number} ${number === 1 ? 'hotspot' : 'hotspots'}. The most alarming: ${this.#names.of(first)}, ${countText(first.count)}.`;
    });
  }
}

function title(shown: number, hidden: number): string {
  return hidden > 0 ? `Hotspots: ${shown} of ${shown + hidden}` : `Hotspots: ${shown}`;
}

/** By hotspot: who reported it. Only alerts say so. */
function agenciesOf(scene: Scene): Map<string, string> {
  const agencies = new Map<string, string>();
  for (const { hotspot, evidence } of scene.open) {
    if (hotspot !== undefined && evidence !== undefined) {
      agencies.set(hotspot.id, evidence.agencies.map(({ partner }) => partner).join(', '));
    }
  }
  return agencies;
}
