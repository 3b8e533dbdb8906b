import { type CircleLayerSpecification, type ExpressionSpecification, type LayerSpecification, type StyleSpecification } from 'maplibre-gl';
import { RAMP } from './ramp.js';

const INK = {
  light: { water: '#dfe7ee', land: '#fbfbf9', county: '#c3cad3', state: '#8794a3', label: '#4b5a6a', halo: '#ffffff', edge: '#1b2733' },
  dark: { water: '#0b1118', land: '#18212c', county: '#313f4e', state: '#5b6c7f', label: '#a7b5c4', halo: '#0d131a', edge: '#f2f5f8' },
};
const EMPTY = { type: 'FeatureCollection', features: [] } as const;
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

/** Land and lines below, `base` of an operator's tiles between, hotspots on top. */
export function makeStyle(isDark: boolean, base: { source: StyleSpecification['sources']; layers: LayerSpecification[] }): StyleSpecification {
  const ink = isDark ? INK.dark : INK.light;
  const circle: CircleLayerSpecification['paint'] = {
    'circle-color': colour(isDark), 'circle-radius': radius, 'circle-stroke-color': ink.edge,
    'circle-stroke-width': ['case', isChosen, 3, 1.5],
  };
  return {
    version: 8,
    sources: {
      states: { type: 'geojson', data: EMPTY as never, tolerance: 0.2 },
      counties: { type: 'geojson', data: EMPTY as never },
      names: { type: 'geojson', data: EMPTY as never },
      zones: { type: 'geojson', data: EMPTY as never, promoteId: 'id' },
      middles: { type: 'geojson', data: EMPTY as never, promoteId: 'id' },
      ...base.source,
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': ink.water } },
      { id: 'land', type: 'fill', source: 'states', paint: { 'fill-color': ink.land } },
      ...base.layers,
      { id: 'county-lines', type: 'line', source: 'counties', paint: { 'line-color': ink.county, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.5, 9, 1.5] } },
      { id: 'state-lines', type: 'line', source: 'states', paint: { 'line-color': ink.state, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.7, 9, 2.2] } },
      { id: 'zone-fill', type: 'fill', source: 'zones', paint: { 'fill-color': colour(isDark), 'fill-opacity': 0.78 } },
      { id: 'zone-edge', type: 'line', source: 'zones', paint: { 'line-color': ink.edge, 'line-width': width, 'line-opacity': 0.85 } },
      ...labels(ink, base.layers.length > 0),
      // Near by, the outline says more; what has none keeps its circle.
      { id: 'middle', type: 'circle', source: 'middles', maxzoom: OUTLINE_ZOOM, filter: ['get', 'outlined'], paint: circle },
      { id: 'middle-named', type: 'circle', source: 'middles', filter: ['!', ['get', 'outlined']], paint: circle },
    ],
  };
}

/** Names of counties, unless the operator's tiles bring names. Drawn with fonts of the machine. */
function labels(ink: (typeof INK)['light'], isNamed: boolean): LayerSpecification[] {
  if (isNamed) return [];
  return [{
    id: 'county-names', type: 'symbol', source: 'names', minzoom: 7,
    layout: { 'text-field': ['get', 'name'], 'text-font': ['sans-serif'], 'text-size': 13, 'text-padding': 12 },
    paint: { 'text-color': ink.label, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
  }];
}
