/** Of the last of the ten bytes that a number may have. */
const SCALE_MAX = 2 ** 63;
const INT64_MAX = 2n ** 63n - 1n;

/** Reads the protobuf wire format of one message, field by field. `field` is 0 at the end. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #end: number;
  #wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** The number of the next field; its value has to be read, or skipped, before the one after. */
  next(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.uint32();
    this.#wireType = tag & 7;
    return tag >>> 3;
  }

  uint32(): number {
    // Nearly all of them have one byte.
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) {
      this.#at += 1;
      return first;
    }
    let value = 0;
    // Beyond 2^53 digits are lost: `uint64` reads such values again.
    for (let scale = 1; scale <= SCALE_MAX; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('the message is cut off or broken');
  }

  uint64(): bigint {
    const start = this.#at;
    const value = this.uint32();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let whole = 0n;
    for (let at = start, shift = 0n; at < this.#at; at += 1, shift += 7n) whole |= BigInt(this.#bytes[at]! & 0x7f) << shift;
    return whole;
  }

  int64(): bigint {
    const value = this.uint64();
    return value > INT64_MAX ? BigInt.asIntN(64, value) : value;
  }

  bool(): boolean {
    return this.uint32() !== 0;
  }

  fixed64(): bigint {
    this.#at += 8;
    return this.#view.getBigUint64(this.#at - 8, true);
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  string(): string {
    const end = this.#limit();
    const start = this.#at;
    this.#at = end;
    // Ids are ASCII and short: so is faster than a decoder, which the rest is for.
    let text = '';
    for (let at = start; at < end; at += 1) {
      const code = this.#bytes[at]!;
      if (code >= 0x80) return new TextDecoder().decode(this.#bytes.subarray(start, end));
      text += String.fromCharCode(code);
    }
    return text;
  }

  bytes(): Uint8Array {
    const end = this.#limit();
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }

  /** Reads a message within this one. */
  message<Value>(read: (reader: WireReader) => Value): Value {
    const end = this.#limit();
    const outer = this.#end;
    this.#end = end;
    const value = read(this);
    this.#at = end;
    this.#end = outer;
    return value;
  }

  skip(): void {
    if (this.#wireType === 0) this.uint32();
    else if (this.#wireType === 1) this.#at += 8;
    else if (this.#wireType === 2) this.#at = this.#limit();
    else if (this.#wireType === 5) this.#at += 4;
    else throw new RangeError(`wire type ${this.#wireType} is not known`);
  }

  /** Reads a length; where what it measures ends. */
  #limit(): number {
    const length = this.uint32();
    if (this.#at + length > this.#end) throw new RangeError('the message is cut off');
    return this.#at + length;
  }
}
