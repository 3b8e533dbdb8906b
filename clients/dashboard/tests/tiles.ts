// A PMTiles file (version 3) of one tile: a square of land in the middle of the world, in the schema of
// Protomaps. Small enough to be written by hand.

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

const field = (number: number, bytes: number[]) => [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
const number = (at: number, value: number) => [...varint(at * 8), ...varint(value)];
const text = (value: string) => [...new TextEncoder().encode(value)];
const zigzag = (value: number) => (value < 0 ? -value * 2 - 1 : value * 2);

function tile(): number[] {
  const moves = [[9, 200, 200], [26, 3600, 0, 0, 3600, -3600, 0], [15]];
  const geometry = moves.flatMap(([command, ...rest]) => [...varint(command!), ...rest.flatMap((step) => varint(zigzag(step)))]);
  const feature = [...number(3, 3), ...field(4, geometry)];
  return field(3, [...number(15, 2), ...field(1, text('earth')), ...field(2, feature), ...number(5, 4096)]);
}

export function tilesFile(): Buffer {
  const data = tile();
  const metadata = text('{}');
  // One entry: tile 0, one in a run, its length, at offset 0 (stated as one more).
  const directory = [1, 0, 1, data.length, 1].flatMap(varint);
  const header = Buffer.alloc(127);
  header.write('PMTiles', 0);
  header[7] = 3;
  const parts = [directory.length, metadata.length, 0, data.length];
  parts.reduce((offset, length, index) => {
    header.writeBigUInt64LE(BigInt(offset), 8 + index * 16);
    header.writeBigUInt64LE(BigInt(length), 16 + index * 16);
    return offset + length;
  }, header.length);
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(1n, at);
  // Clustered, nothing compressed, vector tiles, zoom 0 to 0, the whole world.
  [1, 1, 1, 1, 0, 0].forEach((value, index) => header.writeUInt8(value, 96 + index));
  [-1800000000, -850000000, 1800000000, 850000000].forEach((value, index) => header.writeInt32LE(value, 102 + index * 4));
  return Buffer.from([...header, ...directory, ...metadata, ...data]);
}
