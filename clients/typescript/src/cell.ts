// S2 cells: where a 64-bit cell id is on the earth. The quadratic projection, as every S2 library has
// it (S2 Geometry, Veach).

/** Degrees, `[longitude, latitude]`, in the order of GeoJSON. */
export type Degrees = [number, number];

const LEVEL_MAX = 30;
const SIZE_MAX = 2 ** LEVEL_MAX;
const SWAP = 1;
const INVERT = 2;
// By orientation: where along i and j the four quarters of a cell lie, in the order of the curve.
const QUARTERS = [[0, 1, 3, 2], [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]] as const;
const TURNS = [SWAP, 0, 0, INVERT | SWAP] as const;

/** A cell as a square of a face's grid: lower corner and width in units of the finest level. */
interface Square {
  readonly face: number;
  readonly i: number;
  readonly j: number;
  readonly size: number;
}

/** The id without its trailing zeros, in hexadecimal: the name of a cell in text. */
export function cellToken(id: bigint): string {
  return id === 0n ? 'X' : id.toString(16).padStart(16, '0').replace(/0+$/, '');
}

export function cellOfToken(token: string): bigint {
  return BigInt('0x' + token.padEnd(16, '0'));
}

export function cellLevel(id: bigint): number {
  return squareOf(id).level;
}

function squareOf(id: bigint): Square & { readonly level: number } {
  const high = Number(id >> 32n);
  const low = Number(id & 0xffffffffn);
  const zeros = low !== 0 ? trailingZeros(low) : 32 + trailingZeros(high);
  const level = LEVEL_MAX - (zeros >> 1);
  const face = high >>> 29;
  let orientation = face & SWAP;
  let i = 0;
  let j = 0;
  for (let step = 1; step <= level; step += 1) {
    const quarter = QUARTERS[orientation]![bitsAt(high, low, 61 - 2 * step)]!;
    i = i * 2 + (quarter >> 1);
    j = j * 2 + (quarter & 1);
    orientation ^= TURNS[bitsAt(high, low, 61 - 2 * step)]!;
  }
  const size = 2 ** (LEVEL_MAX - level);
  return { face, i: i * size, j: j * size, size, level };
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Two bits of the id, of which the lower one is number `shift`. */
function bitsAt(high: number, low: number, shift: number): number {
  if (shift >= 32) return (high >>> (shift - 32)) & 3;
  if (shift === 31) return ((high & 1) << 1) | (low >>> 31);
  return (low >>> shift) & 3;
}

/** The corners of a cell, counterclockwise, not closed. */
export function cellCorners(id: bigint): Degrees[] {
  return corners(squareOf(id));
}

/** The cell and its eight neighbours, as rings: one where they lie on one face of the cube. */
export function blockRings(id: bigint): Degrees[][] {
  const { face, i, j, size } = squareOf(id);
  const inside = i >= size && j >= size && i + 2 * size <= SIZE_MAX && j + 2 * size <= SIZE_MAX;
  if (inside) return [corners({ face, i: i - size, j: j - size, size: 3 * size })];
  const rings: Degrees[][] = [];
  for (const di of [-size, 0, size]) {
    for (const dj of [-size, 0, size]) {
      const square = wrap({ face, i: i + di, j: j + dj, size });
      if (square !== undefined) rings.push(corners(square));
    }
  }
  return rings;
}

/** The square as the face sees it that it lies on; undefined beyond a corner of the cube, where there is none. */
function wrap(square: Square): Square | undefined {
  const { size } = square;
  const outI = square.i < 0 || square.i >= SIZE_MAX;
  const outJ = square.j < 0 || square.j >= SIZE_MAX;
  if (!outI && !outJ) return square;
  if (outI && outJ) return undefined;
  // Just beyond the edge, and linear: across an edge of the cube the other coordinate stays.
  const u = edge(square.i, size);
  const v = edge(square.j, size);
  const [x, y, z] = faceToPoint(square.face, u, v);
  const [face, s, t] = pointToFace(x, y, z);
  const floor = (value: number) => Math.min(SIZE_MAX - size, Math.floor(((value + 1) / 2 * SIZE_MAX) / size) * size);
  return { face, i: floor(s), j: floor(t), size };
}

function edge(at: number, size: number): number {
  if (at < 0) return -1 - 1e-12;
  if (at >= SIZE_MAX) return 1 + 1e-12;
  return ((at + size / 2) / SIZE_MAX) * 2 - 1;
}

function corners({ face, i, j, size }: Square): Degrees[] {
  const [u0, u1] = [project(i / SIZE_MAX), project((i + size) / SIZE_MAX)];
  const [v0, v1] = [project(j / SIZE_MAX), project((j + size) / SIZE_MAX)];
  const first = degrees(face, u0, v0);
  return [first, degrees(face, u1, v0), degrees(face, u1, v1), degrees(face, u0, v1)].map(
    // So that a ring across the 180th meridian does not go round the earth.
    ([longitude, latitude]) => [longitude + 360 * Math.round((first[0] - longitude) / 360), latitude],
  );
}

function project(s: number): number {
  return s >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3;
}

function degrees(face: number, u: number, v: number): Degrees {
  const [x, y, z] = faceToPoint(face, u, v);
  return [(Math.atan2(y, x) * 180) / Math.PI, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI];
}

function faceToPoint(face: number, u: number, v: number): [number, number, number] {
  switch (face) {
    case 0: return [1, u, v];
    case 1: return [-u, 1, v];
    case 2: return [-u, -v, 1];
    case 3: return [-1, -v, -u];
    case 4: return [v, -1, -u];
    default: return [v, u, -1];
  }
}

function pointToFace(x: number, y: number, z: number): [number, number, number] {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (ax >= ay && ax >= az) return x > 0 ? [0, y / x, z / x] : [3, z / x, y / x];
  if (ay >= az) return y > 0 ? [1, -x / y, z / y] : [4, z / y, -x / y];
  return z > 0 ? [2, -x / z, -y / z] : [5, -y / z, -x / z];
}
