import { type Stop } from '@commonwatch/client';
import { Address } from './address.js';
import { EVERYBODY } from './board/emptiness.js';
import { h, setText } from './element.js';
import { freshness, withFault, type Shown } from './freshness.js';
import { StatusChip } from './status_chip.js';
import { type Page, type ViewEntry } from './view.js';

const CLOCK_MS = 1000;

/** The frame around every view: name, navigation, status. Mounts the view that the address names. */
export class Shell {
  readonly #page: Page;
  readonly #views: readonly ViewEntry[];
  readonly #chip = new StatusChip();
  readonly #audience = h('span', { class: 'brand-audience', hidden: true });
  readonly #main = h('main', { id: 'view', tabindex: '-1' });
  readonly #links = new Map<string, HTMLAnchorElement>();
  #instead: Shown | undefined;
  #unmount: Stop | undefined;
  #mounted = '';

  constructor(root: HTMLElement, page: Page, views: readonly ViewEntry[], tools: HTMLElement) {
    this.#page = page;
    this.#views = views;
    const items = views.map((view) => {
      const link = h('a', { href: Address.to(view.name) }, view.title);
      this.#links.set(view.name, link);
      return h('li', {}, link);
    });
    root.append(
      h('a', { class: 'skip', href: '#view', onclick: (event: Event) => this.#skip(event) }, 'Skip to the content'),
      h('header', { class: 'bar' },
        h('span', { class: 'brand' }, 'Commonwatch', this.#audience),
        h('nav', { 'aria-label': 'Views' }, h('ul', {}, ...items)),
        this.#chip.element, tools),
      this.#main, page.announcer.element);
    page.address.onChange(() => void this.#open());
    page.connection.onState(() => this.draw());
    setInterval(() => this.draw(), CLOCK_MS);
    void this.#open();
  }

  show(shown: Shown | undefined): void {
    this.#instead = shown;
    this.draw();
  }

  draw(): void {
    const now = Date.now();
    const live = freshness(this.#page.connection, this.#page.live, now);
    const shown = this.#instead === undefined ? live : withFault(this.#instead, live);
    this.#chip.draw(shown, now);
    this.#drawAudience(this.#page.audience());
    document.documentElement.dataset['freshness'] = shown.name;
  }

  /** Whose view it is, where there is more than one. */
  #drawAudience(audience: string): void {
    this.#audience.hidden = audience === '' || audience === EVERYBODY;
    setText(this.#audience, `audience: ${audience}`);
  }

  async #open(): Promise<void> {
    const entry = this.#views.find((view) => view.name === this.#page.address.view) ?? this.#views[0];
    if (entry === undefined || entry.name === this.#mounted) return;
    this.#mounted = entry.name;
    for (const [name, link] of this.#links) {
      if (name === entry.name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    document.title = `${entry.title} · Commonwatch`;
    const { mount } = await entry.load();
    if (this.#mounted !== entry.name) return;
    this.#unmount?.();
    this.#instead = undefined;
    this.#main.replaceChildren();
    this.#unmount = mount(this.#main, this.#page);
    this.draw();
  }

  #skip(event: Event): void {
    event.preventDefault();
    this.#main.focus();
  }
}
