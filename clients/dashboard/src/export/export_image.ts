import { patternOf } from '../map/figure_pattern.js';
import { dayTime } from '../times.js';
import { type Shown } from './export_files.js';
import { tableOf, type KeyEntry } from './table.js';

const FOOT_PX = 64;

/** The map as it stands, above a line that says what it is: a picture travels without its page. */
export async function imageOf({ board, title, at }: Shown, isDark: boolean): Promise<Blob> {
  const { view } = board.map;
  const { subject, key } = tableOf(board);
  if (view === undefined) throw new Error('there is no map in this browser');
  const map = await view.picture();
  const scale = map.width / Math.max(1, view.map.getCanvas().clientWidth);
  const picture = document.createElement('canvas');
  picture.width = map.width;
  picture.height = map.height + FOOT_PX * scale;
  const paint = picture.getContext('2d')!;
  paint.drawImage(map, 0, 0);
  paint.translate(0, map.height);
  paint.scale(scale, scale);
  paint.fillStyle = isDark ? '#151d27' : '#ffffff';
  paint.fillRect(0, 0, picture.width, FOOT_PX);
  paint.fillStyle = isDark ? '#e9eef4' : '#15202c';
  paint.font = '600 15px sans-serif';
  const moment = at === undefined ? 'no data' : dayTime(at);
  paint.fillText(`Commonwatch, ${title}: ${subject}, as of ${moment}`, 12, 24);
  paint.font = '12px sans-serif';
  let x = 12;
  for (const entry of key) {
    paint.save();
    paint.fillStyle = inkOf(entry, isDark, paint);
    paint.fillRect(x, 38, 18, 12);
    paint.restore();
    paint.fillText(entry.text, x + 24, 49);
    x += 40 + paint.measureText(entry.text).width;
  }
  return new Promise((resolve, reject) =>
    picture.toBlob((blob) => (blob === null ? reject(new Error('the browser made no picture')) : resolve(blob)), 'image/png'));
}

function inkOf({ light, dark, pattern }: KeyEntry, isDark: boolean, paint: CanvasRenderingContext2D): string | CanvasPattern {
  const flat = isDark ? dark : light;
  if (pattern === undefined) return flat;
  const tile = document.createElement('canvas');
  const image = patternOf(pattern, isDark);
  [tile.width, tile.height] = [image.width, image.height];
  tile.getContext('2d')!.putImageData(image, 0, 0);
  return paint.createPattern(tile, 'repeat') ?? flat;
}
