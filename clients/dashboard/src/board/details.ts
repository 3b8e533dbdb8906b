import { type Hotspot } from '@commonwatch/client';
import { DetailTable } from './detail_table.js';
import { type Scene } from './scene.js';
import { SourceList } from './source_list.js';
import { coordinatesText, expectedText, numberText, PLACE_TREND_TEXT } from './texts.js';

const PLACES_MAX = 50;
/** Below it, more digits say nothing. */
const Q_VALUE_MIN = 0.001;

/** What stands below the hotspots: sources, persistent places, what other methods say. */
export class Details {
  readonly #sources = new SourceList();
  readonly #places = new DetailTable('Persistent places',
    ['Place', 'Middle', 'Days', 'Persons', 'Expected', 'Trend', 'q', 'Gi*'],
    'Persistently more than around, over the days named, at a false discovery rate of 0.05. Not news: for planning.');
  readonly #methods = new DetailTable('Other methods',
    ['Area', 'Day', 'Persons', '24 h', 'C1', 'C2', 'C3', 'Fixed', 'Recommended', 'Mean + 2 SD', 'CUSUM'],
    'What EARS, thresholds and cumulated sums say of named areas, for comparison.');
  readonly sources = this.#sources.element;
  readonly elements = [this.#places.element, this.#methods.element];

  draw(scene: Scene, nameOf: (middle: Pick<Hotspot, 'zone' | 'latitude' | 'longitude'>) => string, now: number): void {
    this.#sources.draw(scene.sources, now);
    const places = [...scene.places].sort((a, b) => b.giStar - a.giStar).slice(0, PLACES_MAX);
    this.#places.element.hidden = places.length === 0;
    this.#places.draw(`${scene.places.length}`, places.map((place) => [
      nameOf(place), coordinatesText(place.latitude, place.longitude), String(place.days), String(place.count), expectedText(place.expected),
      PLACE_TREND_TEXT[place.trend], place.qValue < Q_VALUE_MIN ? `below ${Q_VALUE_MIN}` : numberText(place.qValue, 3), numberText(place.giStar, 1),
    ]));
    this.#methods.element.hidden = scene.comparisons.length === 0;
    this.#methods.draw(`${scene.comparisons.length} areas`, scene.comparisons.map((area) => [
      area.area, area.day, String(area.count), String(area.rolling24h),
      ...[area.earsC1, area.earsC2, area.earsC3, area.fixedThreshold, area.recommendedThreshold, area.meanPlus2sd, area.cusumPoisson]
        .map((value) => (value === undefined ? '–' : numberText(value, 1))),
    ]));
  }
}
