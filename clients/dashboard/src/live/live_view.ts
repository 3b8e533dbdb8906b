import { select, type Stop } from '@commonwatch/client';
import { h } from '../element.js';
import { type Page } from '../view.js';

export function mount(root: HTMLElement, page: Page): Stop {
  const list = h('ol', { class: 'hotspots' });
  root.append(list);
  const draw = () =>
    list.replaceChildren(...select(page.live.state, {}).map((hotspot) => h('li', {}, `${hotspot.id}: ${hotspot.count}`)));
  draw();
  return page.live.onChange(draw);
}
