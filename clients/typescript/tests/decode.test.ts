import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, equals, fromBinary, toBinary, toJson, type DescField, type DescMessage, type Message } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { decodeServerMessage } from '../src/decode.js';
import { DeltaSchema, HotspotSchema, ServerMessageSchema, TileStateSchema } from '../src/index.js';

let counter = 0;

/** A value for a field, another one each time, as large as its type holds. */
function scalar(field: DescField): unknown {
  counter += 1;
  if (field.fieldKind === 'enum') return field.enum.values[counter % field.enum.values.length]!.number;
  switch (field.fieldKind === 'scalar' || field.fieldKind === 'list' ? field.scalar : undefined) {
    case 1: return counter / 7;
    case 3: return counter % 2 === 0 ? -BigInt(counter) * 1_000_003n : 1_700_000_000n;
    case 4: case 6: return 0xfedcba9876543210n - BigInt(counter);
    case 5: return counter;
    case 8: return true;
    case 9: return counter % 3 === 0 ? `Zürich ${counter}` : `cell-${counter}`;
    case 13: return 4_000_000_000 + counter;
  }
  throw new Error(`no value for ${field.name}`);
}

/** Every field of a message set, and of those within it. */
function filled(schema: DescMessage): Message {
  const message = reflect(schema);
  for (const field of schema.fields) {
    if (field.fieldKind === 'message') message.set(field, reflect(field.message, filled(field.message)));
    else if (field.fieldKind === 'list') {
      const list = message.get(field) as { add(value: unknown): void };
      for (let item = 0; item < 2; item += 1) {
        if (field.listKind === 'message') list.add(reflect(field.message, filled(field.message)));
        else list.add(scalar(field));
      }
    } else message.set(field, scalar(field) as never);
  }
  return message.message;
}

for (const [name, schema] of [['delta', DeltaSchema], ['tile', TileStateSchema]] as const) {
  test(`a ${name} with every field set is decoded as by the library`, () => {
    const message = create(ServerMessageSchema, { replay: 7, message: { case: name, value: filled(schema) } as never });
    const frame = toBinary(ServerMessageSchema, message);
    const ours = decodeServerMessage(frame);
    assert.ok(equals(ServerMessageSchema, ours, fromBinary(ServerMessageSchema, frame)));
    assert.deepEqual(toJson(ServerMessageSchema, ours), toJson(ServerMessageSchema, message));
  });

  test(`an empty ${name} is decoded as by the library`, () => {
    const frame = toBinary(ServerMessageSchema, create(ServerMessageSchema, { message: { case: name, value: create(schema) } as never }));
    assert.deepEqual(toJson(ServerMessageSchema, decodeServerMessage(frame)), toJson(ServerMessageSchema, fromBinary(ServerMessageSchema, frame)));
  });
}

test('what a later schema adds to a hotspot is passed over', () => {
  const hotspot = toBinary(HotspotSchema, create(HotspotSchema, { id: 'a', count: 3 }));
  // Numbers 100 to 103, of each wire type.
  const added = [0xa0, 6, 5, 0xa9, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0xb2, 6, 2, 9, 9, 0xbd, 6, 1, 2, 3, 4];
  const longer = [...added, ...hotspot];
  const delta = [0x2a, longer.length, ...longer];
  const decoded = decodeServerMessage(new Uint8Array([0x3a, delta.length, ...delta])).message;
  assert.ok(decoded.case === 'delta');
  assert.deepEqual(decoded.value.changed.map(({ id, count }) => [id, count]), [['a', 3]]);
});

test('a message that is cut off is refused, wherever it is cut', () => {
  const frame = toBinary(ServerMessageSchema, create(ServerMessageSchema, { message: { case: 'delta', value: filled(DeltaSchema) as never } }));
  for (let length = 1; length < frame.length; length += 1) assert.throws(() => decodeServerMessage(frame.slice(0, length)));
});
