import { type CircleLayerSpecification, type ExpressionSpecification } from 'maplibre-gl';
import { RAMP } from './ramp.js';
import { EMPTY, INK, type Overlay } from './style.js';

export const SOURCES = ['zones', 'middles'] as const;

/** From here on cells are large enough to be seen without a circle. */
const OUTLINE_ZOOM = 11;

const step: ExpressionSpecification = ['coalesce', ['feature-state', 'step'], 0];
/** The class of the ramp from which on a hotspot is an alert. */
const ALERT_STEP = RAMP.findIndex(({ intervalDays }) => intervalDays >= 365);
const isChosen: ExpressionSpecification = ['boolean', ['feature-state', 'chosen'], false];
const isPointed: ExpressionSpecification = ['boolean', ['feature-state', 'pointed'], false];

function colour(isDark: boolean): ExpressionSpecification {
  const [first, ...rest] = RAMP.map((entry, index) => [index, isDark ? entry.dark : entry.light] as const);
  return ['step', step, first![1], ...rest.flat()] as ExpressionSpecification;
}

/** Wider the rarer, and widest what is chosen: colour is not the only sign. */
const width: ExpressionSpecification = ['case', isChosen, 4, isPointed, 3, ['>=', step, ALERT_STEP], 2, 1];
const radius: ExpressionSpecification = ['case', isChosen, 12, isPointed, 11, ['>=', step, ALERT_STEP], 9, 6];

/** Zones as polygons, and as circles seen from far away. */
export function hotspotOverlay(isDark: boolean): Overlay {
  const ink = isDark ? INK.dark : INK.light;
  const circle: CircleLayerSpecification['paint'] = {
    'circle-color': colour(isDark), 'circle-radius': radius, 'circle-stroke-color': ink.edge,
    'circle-stroke-width': ['case', isChosen, 3, 1.5],
  };
  return {
    sources: {
      zones: { type: 'geojson', data: EMPTY as never, promoteId: 'id' },
      middles: { type: 'geojson', data: EMPTY as never, promoteId: 'id' },
    },
    layers: [
      { id: 'zone-fill', type: 'fill', source: 'zones', paint: { 'fill-color': colour(isDark), 'fill-opacity': 0.78 } },
      { id: 'zone-edge', type: 'line', source: 'zones', paint: { 'line-color': ink.edge, 'line-width': width, 'line-opacity': 0.85 } },
    ],
    top: [
      // Near by, the outline says more; what has none keeps its circle.
      { id: 'middle', type: 'circle', source: 'middles', maxzoom: OUTLINE_ZOOM, filter: ['get', 'outlined'], paint: circle },
      { id: 'middle-named', type: 'circle', source: 'middles', filter: ['!', ['get', 'outlined']], paint: circle },
    ],
  };
}
