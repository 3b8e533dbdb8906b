/**
 * The bytes of a length-delimited field as they stand in an encoded message: a checksum is over these,
 * not over what another encoder would make of the same values. Undefined if it is not there.
 */
export function fieldBytes(message: Uint8Array, field: number): Uint8Array | undefined {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < message.length; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 2) {
      const length = varint();
      if (tag >>> 3 === field) return message.subarray(at, at + length);
      at += length;
    } else if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else return undefined;
  }
  return undefined;
}
