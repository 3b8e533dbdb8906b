import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { Crc32c } from '../src/crc32c.js';
import { fieldBytes } from '../src/frame.js';
import { streamUrl } from '../src/server.js';
import { Backoff, BACKOFF_MAX_MS, DeltaSchema, millis, ServerMessageSchema, timestamp } from '../src/index.js';

test('the checksum is that of RFC 3720', () => {
  const sum = new Crc32c();
  sum.add(new TextEncoder().encode('1234'));
  sum.add(new TextEncoder().encode('56789'));
  assert.equal(sum.value, 0xe3069283);
});

test('a field is cut out of a frame as its bytes stand', () => {
  const delta = create(DeltaSchema, { tile: 7n, version: 300n, removed: ['a'.repeat(200)] });
  const frame = toBinary(ServerMessageSchema,
    create(ServerMessageSchema, { replay: 9, message: { case: 'delta', value: delta } }));
  assert.deepEqual(fieldBytes(frame, ServerMessageSchema.field['delta']!.number), toBinary(DeltaSchema, delta));
  assert.equal(fieldBytes(frame, ServerMessageSchema.field['progress']!.number), undefined);
});

test('pauses double up to a limit, are random by half, and never below what the hub asks', () => {
  const least = new Backoff(() => 0);
  assert.deepEqual([least.next(), least.next(), least.next()], [250, 500, 1000]);
  const most = new Backoff(() => 1);
  for (let attempt = 0; attempt < 40; attempt += 1) assert.ok(most.next() <= BACKOFF_MAX_MS);
  assert.equal(most.next(), BACKOFF_MAX_MS);
  assert.equal(most.next(60_000), 60_000);
  most.reset();
  assert.equal(most.next(), 500);
});

test('a server named in any way has its stream at one address', () => {
  assert.equal(streamUrl('https://hub.example.org/page/'), 'wss://hub.example.org/v1/stream');
  assert.equal(streamUrl('http://127.0.0.1:8710'), 'ws://127.0.0.1:8710/v1/stream');
  assert.equal(streamUrl('wss://hub.example.org'), 'wss://hub.example.org/v1/stream');
});

test('times go to the wire and back, also before 1970', () => {
  for (const ms of [0, 1_457_687_400_250, -1, -1500]) {
    assert.equal(millis({ $typeName: 'google.protobuf.Timestamp', ...timestamp(ms) }), ms);
  }
});
