#!/usr/bin/env node
// Authenticated registrations per second on one core, ours beside Kamailio's; see ../README.md.
//   node tools/bench/registrations/bench-registrations.mjs --phones 10000 --seconds 8 --from 3000
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../../start/prepare.mjs';
import { startCarillon, startKamailio } from './start-registrars.mjs';
import { runStep, writePhones } from './run-step.mjs';

const { values } = parseArgs({
  options: {
    phones: { type: 'string', default: '10000' },
    /** Rate of the first registrations, which are written before they are answered. */
    first: { type: 'string', default: '1000' },
    /** Refreshes at half the first rate that count for nothing: V8 has compiled by then what it will run. */
    warm: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '6' },
    from: { type: 'string', default: '4000' },
    factor: { type: 'string', default: '1.2' },
    max: { type: 'string', default: '20000' },
    /** `carillon`, `kamailio` or both. */
    only: { type: 'string' },
    /** Core of the server, and of SIPp. */
    core: { type: 'string', default: '0' },
    load: { type: 'string', default: '1' },
    /** Core of PostgreSQL: the server's own unless told otherwise. */
    database: { type: 'string' },
    profile: { type: 'string' },
    port: { type: 'string', default: '15600' },
    json: { type: 'string' },
  },
});
const phones = Number(values.phones);
const seconds = Number(values.seconds);
const port = Number(values.port);

try {
  // A scheduling group of its own with weight, or other programs on the machine starve the run.
  writeFileSync('/proc/self/autogroup', '-12');
} catch {
  // Not Linux, or not allowed: the figures are less steady.
}
const { worker } = await prepare({ web: false });
const folder = mkdtempSync(join(tmpdir(), 'carillon-phones-'));
const file = writePhones(folder, phones);
const starts = {
  carillon: () =>
    startCarillon({
      phones,
      core: values.core,
      databaseCore: values.database ?? values.core,
      port,
      worker,
      profile: values.profile,
    }),
  kamailio: () => startKamailio({ phones, core: values.core, port: port + 10 }),
};
const results = [];
for (const name of values.only === undefined ? ['carillon', 'kamailio'] : [values.only]) {
  const server = await starts[name]();
  try {
    results.push(await measure(server, port + (name === 'carillon' ? 20 : 30)));
  } finally {
    await server.stop();
  }
}
rmSync(folder, { recursive: true, force: true });
report(results);
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);

async function measure(server, phonePort) {
  const load = { phones: file, core: values.load, port: phonePort };
  // A source that asks a hundred times without a single success is taken for an attacker: one phone goes first.
  await runStep(server, { ...load, rate: 1, count: 1 });
  const rssBefore = rssMegabytes(server.pid);
  const first = await runStep(server, { ...load, rate: Number(values.first), count: phones });
  show(server, 'new', first);
  await pause();
  const rssAfter = rssMegabytes(server.pid);
  console.log(`${server.name}: ${rssBefore} MB before, ${rssAfter} MB with ${phones} phones`);
  const warm = Number(values.warm);
  if (warm > 0) {
    show(
      server,
      'warming up',
      await runStep(server, { ...load, rate: Math.round(Number(values.from) / 2), count: warm }),
    );
    await pause();
  }
  const steps = [];
  const max = Number(values.max);
  for (
    let rate = Number(values.from), misses = 0;
    rate <= max && misses < 2;
    rate = Math.round(rate * Number(values.factor))
  ) {
    const step = await runStep(server, { ...load, rate, count: Math.round(rate * seconds) });
    show(server, 'refresh', step);
    steps.push(step);
    misses = step.holds ? 0 : misses + 1;
    await pause();
  }
  const best = steps.filter(({ holds }) => holds).at(-1);
  const half =
    best &&
    (await runStep(server, { ...load, rate: Math.round(best.rate / 2), count: Math.round((best.rate / 2) * seconds) }));
  if (half) show(server, 'half its limit', half);
  return { name: server.name, first, steps, best, half };
}

function show({ name }, what, step) {
  const ms = (times) => (times ? `${times.p50.toFixed(1)}/${times.p99.toFixed(1)}` : '–');
  console.log(
    `${name} ${what}: ${step.rate}/s asked, ${step.reached}/s reached, ${step.ok} of ${step.created}, ${step.repeated} sent again, ` +
      `${step.cpuMicroseconds} µs CPU each, challenge ${ms(step.toChallenge)} ms, registered ${ms(step.toRegistered)} ms (p50/p99)` +
      `${step.holds ? '' : ': does not hold'}`,
  );
}

function report([ours, theirs]) {
  for (const one of [ours, theirs]) if (one) console.log(`${one.name}: ${one.best?.rate ?? 0} registrations/s hold`);
  if (ours?.best && theirs?.best) console.log(`Ratio: ${(ours.best.rate / theirs.best.rate).toFixed(2)}`);
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 1500));
}

/** Of the process itself, not of PostgreSQL or the media workers. */
function rssMegabytes(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}
