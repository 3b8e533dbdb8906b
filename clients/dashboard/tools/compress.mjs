// Compresses what was built, once, so that the hub only has to choose: FILE.br and FILE.gz beside FILE.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const COMPRESSIBLE = /\.(html|js|mjs|css|svg|json|geojson)$/;

for (const name of readdirSync(dist, { recursive: true })) {
  if (!COMPRESSIBLE.test(name)) continue;
  const path = join(dist, name);
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
