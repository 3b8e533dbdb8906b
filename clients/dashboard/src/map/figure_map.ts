import { cellCorners, cellLevel } from '@commonwatch/client';
import { type Feature, type Polygon } from 'geojson';
import { kindOf, type ZoneFigure } from '../figures/zone_figure.js';
import { BaseMap, type MapOptions } from './base_map.js';
import { patternOf } from './figure_pattern.js';
import { figureStep } from './figure_ramp.js';
import { figureOverlay } from './figure_style.js';

/** The zones of one period, shaded by persons. A zone is named by the token of its cell. */
export class FigureMap extends BaseMap {
  #shown: readonly ZoneFigure[] = [];
  #drawn = '';
  #chosen: string | undefined;
  #pointed: string | undefined;

  constructor(container: HTMLElement, options: MapOptions) {
    super(container, options, {
      title: 'Map of published figures; the list says the same in words', overlay: figureOverlay,
      layers: ['figure-hidden', 'figure-none', 'figure-shown'],
    });
  }

  /** Of one period; a zone occurs once. */
  setFigures(figures: readonly ZoneFigure[]): void {
    const drawn = figures.map(({ id, persons, state, alerts }) => `${id} ${persons} ${state} ${alerts.length}`).join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#shown = figures;
    this.#setData();
    this.fitOnce(this.#corners());
  }

  choose(token: string | undefined): void {
    if (token === this.#chosen) return;
    if (this.#chosen !== undefined) this.setState('figures', this.#chosen, { chosen: false });
    this.#chosen = token;
    this.#applyStates();
  }

  point(token: string | undefined): void {
    if (token === this.#pointed) return;
    if (this.#pointed !== undefined) this.setState('figures', this.#pointed, { pointed: false });
    this.#pointed = token;
    this.#applyStates();
  }

  fit(): void {
    this.fitTo(this.#corners());
  }

  protected fill(): void {
    for (const name of ['hidden', 'none'] as const) {
      if (!this.map.hasImage(name)) this.map.addImage(name, patternOf(name, this.isDark));
    }
    this.#setData();
    this.#applyStates();
  }

  #corners(): [number, number][] {
    return this.#shown.flatMap(({ cell }) => cellCorners(cell));
  }

  #applyStates(): void {
    if (this.#chosen !== undefined) this.setState('figures', this.#chosen, { chosen: true });
    if (this.#pointed !== undefined) this.setState('figures', this.#pointed, { pointed: true });
  }

  #setData(): void {
    this.source('figures')?.setData({ type: 'FeatureCollection', features: this.#shown.map(featureOf) });
  }
}

function featureOf(figure: ZoneFigure): Feature<Polygon> {
  const ring = cellCorners(figure.cell);
  return {
    type: 'Feature',
    properties: {
      id: figure.token, kind: kindOf(figure.state), step: figureStep(figure.persons), level: cellLevel(figure.cell),
      alert: figure.alerts.length > 0,
    },
    geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
  };
}
