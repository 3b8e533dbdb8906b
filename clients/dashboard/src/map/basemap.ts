// The built-in map layer: state lines at once, county lines of the states that are looked at.

export type Ring = [number, number][];
export interface Region {
  readonly type: 'Feature';
  /** `box`: west, south, east, north. */
  readonly properties: { readonly fips: string; readonly name: string; readonly box: [number, number, number, number] };
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: Ring[] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: Ring[][] };
}
export interface Regions {
  readonly type: 'FeatureCollection';
  readonly features: readonly Region[];
}

const STATES = new URL('../generated/basemap/states.json', import.meta.url).href;
const COUNTIES = import.meta.glob<string>('../generated/basemap/counties/*.json', {
  query: '?url', import: 'default', eager: true,
});

const loaded = new Map<string, Promise<Regions>>();

function load(url: string): Promise<Regions> {
  let regions = loaded.get(url);
  if (regions === undefined) {
    regions = fetch(url).then((response) => response.json() as Promise<Regions>);
    // What failed is asked for again by the next who needs it.
    regions.catch(() => loaded.delete(url));
    loaded.set(url, regions);
  }
  return regions;
}

export function loadStates(): Promise<Regions> {
  return load(STATES);
}

/** The counties of a state, by its two digits. */
export async function loadCounties(fips: string): Promise<Regions> {
  const url = COUNTIES[`../generated/basemap/counties/${fips}.json`];
  return url === undefined ? { type: 'FeatureCollection', features: [] } : load(url);
}

export function holds(region: Region, longitude: number, latitude: number): boolean {
  const [west, south, east, north] = region.properties.box;
  if (longitude < west || longitude > east || latitude < south || latitude > north) return false;
  const { geometry } = region;
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.some((rings) => rings.filter((ring) => isInside(ring, longitude, latitude)).length % 2 === 1);
}

function isInside(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i]!;
    const [xj, yj] = ring[j]!;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
