// Generates the messages of the wire contract into src/generated. Needs protoc (or $PROTOC).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const proto = join(here, '../../../proto');
const out = join(here, '../src/generated');
const require = createRequire(import.meta.url);
const plugin = join(dirname(require.resolve('@bufbuild/protoc-gen-es/package.json')), 'bin/protoc-gen-es');
const files = readdirSync(join(proto, 'commonwatch/v1')).filter((name) => name.endsWith('.proto'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
execFileSync(
  process.env.PROTOC ?? 'protoc',
  ['-I', proto, `--plugin=protoc-gen-es=${plugin}`, `--es_out=${out}`,
    '--es_opt=target=ts,import_extension=js', ...files.map((name) => `commonwatch/v1/${name}`)],
  { stdio: 'inherit' },
);
