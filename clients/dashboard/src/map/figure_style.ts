import { type ExpressionSpecification } from 'maplibre-gl';
import { FIGURE_RAMP } from './figure_ramp.js';
import { EMPTY, INK, type Overlay } from './style.js';

const isChosen: ExpressionSpecification = ['boolean', ['feature-state', 'chosen'], false];
const isPointed: ExpressionSpecification = ['boolean', ['feature-state', 'pointed'], false];
/** Widest what is chosen, wider where there is an alert: colour is not the only sign. */
const width: ExpressionSpecification = ['case', isChosen, 5, isPointed, 4, ['get', 'alert'], 3, 1];
/** What is fine lies on top: the zones of two classes may overlap. */
const order: ExpressionSpecification = ['get', 'level'];

/** Figures change by the day, so that all of it stands in the data, and only what is chosen in states. */
export function figureOverlay(isDark: boolean): Overlay {
  const ink = isDark ? INK.dark : INK.light;
  const [first, ...rest] = FIGURE_RAMP.map((entry, index) => [index, isDark ? entry.dark : entry.light] as const);
  const colour = ['step', ['get', 'step'], first![1], ...rest.flat()] as ExpressionSpecification;
  const of = (kind: string): ExpressionSpecification => ['==', ['get', 'kind'], kind];
  return {
    sources: { figures: { type: 'geojson', data: EMPTY as never, promoteId: 'id' } },
    layers: [
      { id: 'figure-hidden', type: 'fill', source: 'figures', filter: of('hidden'), paint: { 'fill-pattern': 'hidden' } },
      { id: 'figure-none', type: 'fill', source: 'figures', filter: of('none'), paint: { 'fill-pattern': 'none' } },
      { id: 'figure-shown', type: 'fill', source: 'figures', filter: of('shown'), layout: { 'fill-sort-key': order }, paint: { 'fill-color': colour, 'fill-opacity': 0.82 } },
      { id: 'figure-edge', type: 'line', source: 'figures', layout: { 'line-sort-key': order }, paint: { 'line-color': ink.edge, 'line-width': width, 'line-opacity': 0.85 } },
    ],
    top: [],
  };
}
