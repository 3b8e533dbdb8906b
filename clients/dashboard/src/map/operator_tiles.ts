import { type LayerSpecification, type StyleSpecification } from 'maplibre-gl';

export interface Base {
  readonly source: StyleSpecification['sources'];
  readonly layers: LayerSpecification[];
}

export const NO_TILES: Base = { source: {}, layers: [] };
const SOURCE = 'operator';

/** The names of the operator's PMTiles files; none where the hub has none. */
export async function listTiles(server: string): Promise<string[]> {
  try {
    const answer = await fetch(new URL('/tiles/', server));
    if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return [];
    const names = (await answer.json()) as unknown;
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string' && name.endsWith('.pmtiles')) : [];
  } catch {
    return [];
  }
}

/** A map in the schema of Protomaps, without what needs sprites: those are not shipped. */
export async function makeBase(server: string, name: string, isDark: boolean): Promise<Base> {
  const [{ addProtocol }, { Protocol }, { layers, namedFlavor }] = await Promise.all([
    import('maplibre-gl'), import('pmtiles'), import('@protomaps/basemaps'),
  ]);
  addProtocol('pmtiles', new Protocol().tile);
  const drawn = layers(SOURCE, namedFlavor(isDark ? 'dark' : 'light'), { lang: 'en' }) as LayerSpecification[];
  const plain = drawn.filter(({ type, layout }) => type !== 'background' && (layout as { 'icon-image'?: unknown } | undefined)?.['icon-image'] === undefined);
  for (const layer of plain) {
    // Their names are not ours: both have a layer called water.
    layer.id = `${SOURCE}-${layer.id}`;
    if (layer.type === 'symbol' && layer.layout !== undefined) layer.layout['text-font'] = ['sans-serif'];
  }
  const url = `pmtiles://${new URL(`/tiles/${encodeURIComponent(name)}`, server).href}`;
  return { source: { [SOURCE]: { type: 'vector', url, attribution: '© OpenStreetMap' } }, layers: plain };
}
