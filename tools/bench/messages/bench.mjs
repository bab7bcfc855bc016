import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { checkCopies } from './check-copies.mjs';
import { MESSAGES } from './messages.mjs';
import { report } from './report.mjs';
import { startNodeContender, startOsip } from './start-contender.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    'round-ms': { type: 'string', default: '60' },
    json: { type: 'string' },
    only: { type: 'string', default: 'carillon,sip-js,jssip,sip,libosip2' },
  },
});
const ROUNDS = Number(values.rounds);
const ROUND_NANOSECONDS = Number(values['round-ms']) * 1e6;
/** Rounds thrown away while the engines compile what is hot, and how much longer they are than the others. */
const WARM_UP_ROUNDS = 4;
const WARM_UP_FACTOR = 6;
const ONLY = values.only.split(',');

const folder = await mkdtemp(join(tmpdir(), 'carillon-messages-'));
const contenders = [];
try {
  contenders.push(await startNodeContender('Carillon', 'carillon'));
  for (const [name, file] of [
    ['SIP.js', 'sip-js'],
    ['JsSIP', 'jssip'],
    ['sip (npm)', 'sip'],
  ]) {
    if (ONLY.includes(file)) contenders.push(await startNodeContender(name, file));
  }
  const osip = ONLY.includes('libosip2') ? await compileOsip() : undefined;
  if (osip !== undefined) contenders.push(osip);

  await checkCopies(contenders);
  const figures = await measure();
  console.log(report(figures));
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(figures, undefined, 2));
} finally {
  for (const contender of contenders) contender.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Every contender at every message, in turns, so that a busy moment of the machine is shared by all. */
async function measure() {
  const results = contenders.map(({ name }) => ({ name, nanoseconds: MESSAGES.map(() => []) }));
  for (let message = 0; message < MESSAGES.length; message++) {
    const times = [];
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (const [at, contender] of contenders.entries()) {
        const count = times[at] ?? 200;
        const each = (await contender.run(message, count)) / count;
        const wanted = ROUND_NANOSECONDS * (round < -1 ? WARM_UP_FACTOR : 1);
        times[at] = Math.max(50, Math.round(wanted / Math.max(each, 1)));
        if (round >= 0) results[at].nanoseconds[message].push(each);
      }
    }
  }
  return results;
}

/** @returns {Promise<import('./start-contender.mjs').Contender | undefined>} undefined without compiler or library */
async function compileOsip() {
  const program = join(folder, 'osip');
  const source = fileURLToPath(new URL('osip.c', import.meta.url));
  try {
    await promisify(execFile)('cc', ['-O2', '-o', program, source, '-losipparser2']);
  } catch (error) {
    console.error(`libosip2 is left out (Debian: gcc, libosip2-dev): ${error.message.split('\n')[0]}`);
    return undefined;
  }
  const files = MESSAGES.map((_, number) => join(folder, `${number}.sip`));
  await Promise.all(MESSAGES.map(({ octets }, number) => writeFile(files[number], octets)));
  return startOsip(program, files);
}
