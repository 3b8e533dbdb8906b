import { blockRings, cellCorners, ZoneKind, type Degrees, type Hotspot, type Zone } from '@commonwatch/client';
import { type Feature, type FeatureCollection, type MultiPolygon, type Point } from 'geojson';

/** Where a hotspot is, as GeoJSON: polygons of its cell or block; nothing for areas and facilities, whose outline the hub does not send. */
export function zonePolygons(hotspot: Hotspot): Degrees[][][] {
  const { zone } = hotspot;
  const rings = zone?.kind === ZoneKind.CELL ? [cellCorners(zone.cell)] : zone?.kind === ZoneKind.BLOCK ? blockRings(zone.cell) : [];
  return rings.map((ring) => [[...ring, ring[0]!]]);
}

export function polygonsOf(hotspots: Iterable<Hotspot>): FeatureCollection<MultiPolygon> {
  const features: Feature<MultiPolygon>[] = [];
  for (const hotspot of hotspots) {
    const coordinates = zonePolygons(hotspot);
    if (coordinates.length === 0) continue;
    features.push({ type: 'Feature', properties: { id: hotspot.id }, geometry: { type: 'MultiPolygon', coordinates } });
  }
  return { type: 'FeatureCollection', features };
}

/** The hub gives no middle to a jurisdiction without an outline; the list shows it all the same. */
export function hasMiddle({ latitude, longitude }: Hotspot): boolean {
  return latitude !== 0 || longitude !== 0;
}

function isOutlined(zone: Zone | undefined): boolean {
  return zone?.kind === ZoneKind.CELL || zone?.kind === ZoneKind.BLOCK;
}

/** Their middles: seen from far away a cell is smaller than a pixel. */
export function middlesOf(hotspots: Iterable<Hotspot>): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const { id, zone, longitude, latitude } of hotspots) {
    features.push({ type: 'Feature', properties: { id, outlined: isOutlined(zone) }, geometry: { type: 'Point', coordinates: [longitude, latitude] } });
  }
  return { type: 'FeatureCollection', features };
}
