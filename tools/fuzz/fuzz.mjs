import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSdp } from './check-sdp.mjs';
import { checkSip } from './check-sip.mjs';
import { mutate } from './mutate.mjs';
import { makeRandom } from './random.mjs';
import { readCorpus } from './read-corpus.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    corpus: { type: 'string', multiple: true, default: [] },
    findings: { type: 'string', default: join(tmpdir(), 'carillon-fuzz') },
  },
});
/** An input that takes longer, the best of five times, is a finding: most take a hundredth of it. */
const SLOW_MS = 60;
const MOST_FINDINGS = 50;
const OWN = ['sip-message', 'sdp'].map((lib) =>
  fileURLToPath(new URL(`../../libs/protocol/${lib}/vectors`, import.meta.url)),
);

const corpus = await readCorpus([...OWN, ...values.corpus]);
const random = makeRandom(Number(values.seed));
const until = Date.now() + Number(values.seconds) * 1000;
const findings = new Map();
let tried = 0;
let slowest = { ms: 0, bytes: Buffer.alloc(0) };
let heapBefore = 0;

/** @param {Buffer} bytes @returns {string | undefined} what is wrong */
function examine(bytes) {
  const before = performance.now();
  try {
    checkSip(bytes);
    checkSdp(bytes);
  } catch (error) {
    return String(error.stack).split('\n').slice(0, 4).join('\n');
  }
  const ms = performance.now() - before;
  if (ms > slowest.ms && ms <= SLOW_MS) slowest = { ms, bytes };
  if (ms <= SLOW_MS) return undefined;
  const best = fastest(bytes);
  if (best > slowest.ms) slowest = { ms: best, bytes };
  return best > SLOW_MS ? `Takes ${best.toFixed(0)} ms` : undefined;
}

/** CPU time: the machine may have been busy elsewhere. */
function fastest(bytes) {
  const times = [1, 2, 3, 4, 5].map(() => {
    const before = process.cpuUsage();
    checkSip(bytes);
    checkSdp(bytes);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

while (Date.now() < until && findings.size < MOST_FINDINGS) {
  const bytes = tried < corpus.length ? (corpus[tried] ?? Buffer.alloc(0)) : mutate(corpus, random);
  const wrong = examine(bytes);
  tried += 1;
  if (tried === 5_000) heapBefore = heapNow();
  const kind = wrong?.replace(/".*"/s, '""').replace(/\d+ ms/, '');
  if (kind !== undefined && !findings.has(kind)) findings.set(kind, { wrong, bytes });
}

console.log(`${tried} inputs from ${corpus.length} seeds (seed ${values.seed}) in ${values.seconds} s.`);
console.log(`Slowest: ${slowest.ms.toFixed(1)} ms for ${slowest.bytes.length} octets.`);
if (heapBefore > 0)
  console.log(`Heap in use: ${heapBefore.toFixed(1)} MB after 5000 inputs, ${heapNow().toFixed(1)} MB at the end.`);
if (findings.size > 0) {
  await mkdir(values.findings, { recursive: true });
  let number = 0;
  for (const { wrong, bytes } of findings.values()) {
    const file = join(values.findings, `seed-${values.seed}-${++number}.bin`);
    await writeFile(file, bytes);
    console.log(`${file}: ${wrong}`);
  }
  process.exitCode = 1;
} else console.log('No findings.');

function heapNow() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
