import { type BandedHealth, type HotspotState } from '@commonwatch/client';
import { byPeriod, byPersons, periodName, zoneFigures, type ZoneFigure } from './zone_figure.js';

/** The figures of a state at one moment. */
export interface FigureScene {
  /** Undefined: nothing has come yet. */
  readonly asOf: number | undefined;
  readonly figures: readonly ZoneFigure[];
  /** One of each period, the newest first. */
  readonly periods: readonly ZoneFigure[];
  readonly health: readonly BandedHealth[];
}

export function figureSceneOf(state: HotspotState): FigureScene {
  const figures = zoneFigures(state.publishedCounts(), state.publishedAlerts());
  const periods = new Map(figures.map((figure) => [figure.start, figure]));
  return { asOf: state.asOf, figures, periods: [...periods.values()].sort(byPeriod), health: state.bandedHealth() };
}

/** What the address asks for. */
export interface FigureChoice {
  /** By its name; undefined or not there: the newest. */
  readonly period: string | undefined;
  /** Token; undefined: all zones. */
  readonly zone: string | undefined;
  /** In lower case; empty: everything. */
  readonly text: string;
}

/** What is listed, in order, and what the map shows. */
export interface FigureSlice {
  readonly period: ZoneFigure | undefined;
  /** The zone, as long as there is one of that name. */
  readonly zone: ZoneFigure | undefined;
  readonly listed: readonly ZoneFigure[];
  readonly mapped: readonly ZoneFigure[];
  /** How many more there would be without words to look for. */
  readonly passedOver: number;
}

/** All zones of one period; with a zone chosen, all periods of that zone. */
export function sliceOf(scene: FigureScene, choice: FigureChoice, nameOf: (figure: ZoneFigure) => string): FigureSlice {
  const period = scene.periods.find(({ start }) => periodName(start) === choice.period) ?? scene.periods[0];
  const ofPeriod = scene.figures.filter(({ start }) => start === period?.start).sort(byPersons);
  const ofZone = scene.figures.filter(({ token }) => token === choice.zone).sort(byPeriod);
  const [zone] = ofZone;
  if (zone !== undefined) return { period, zone, listed: ofZone, mapped: ofPeriod, passedOver: 0 };
  const listed = ofPeriod.filter((figure) => choice.text === '' || nameOf(figure).toLowerCase().includes(choice.text));
  return { period, zone, listed, mapped: listed, passedOver: ofPeriod.length - listed.length };
}
