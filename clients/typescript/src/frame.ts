import { WireReader } from './wire_reader.js';

/**
 * The bytes of a length-delimited field as they stand in an encoded message: a checksum is over these,
 * not over what another encoder would make of the same values. Undefined if it is not there.
 */
export function fieldBytes(message: Uint8Array, wanted: number): Uint8Array | undefined {
  const reader = new WireReader(message);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === wanted) return reader.bytes();
    reader.skip();
  }
  return undefined;
}
