import { type LayerSpecification, type StyleSpecification } from 'maplibre-gl';

export const INK = {
  light: { water: '#dfe7ee', land: '#fbfbf9', county: '#c3cad3', state: '#8794a3', label: '#4b5a6a', halo: '#ffffff', edge: '#1b2733' },
  dark: { water: '#0b1118', land: '#18212c', county: '#313f4e', state: '#5b6c7f', label: '#a7b5c4', halo: '#0d131a', edge: '#f2f5f8' },
};
export const EMPTY = { type: 'FeatureCollection', features: [] } as const;

/** Sources, and the layers that draw them. */
export interface Overlay {
  readonly sources: StyleSpecification['sources'];
  readonly layers: LayerSpecification[];
  /** Above the names of counties. */
  readonly top: LayerSpecification[];
}

/** Land and lines below, `base` of an operator's tiles between, what the map is about on top. */
export function makeStyle(isDark: boolean, base: { source: StyleSpecification['sources']; layers: LayerSpecification[] }, overlay: Overlay): StyleSpecification {
  const ink = isDark ? INK.dark : INK.light;
  return {
    version: 8,
    sources: {
      states: { type: 'geojson', data: EMPTY as never, tolerance: 0.2 },
      counties: { type: 'geojson', data: EMPTY as never },
      names: { type: 'geojson', data: EMPTY as never },
      ...overlay.sources,
      ...base.source,
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': ink.water } },
      { id: 'land', type: 'fill', source: 'states', paint: { 'fill-color': ink.land } },
      ...base.layers,
      { id: 'county-lines', type: 'line', source: 'counties', paint: { 'line-color': ink.county, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.5, 9, 1.5] } },
      { id: 'state-lines', type: 'line', source: 'states', paint: { 'line-color': ink.state, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.7, 9, 2.2] } },
      ...overlay.layers,
      ...labels(ink, base.layers.length > 0),
      ...overlay.top,
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
