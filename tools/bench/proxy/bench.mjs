#!/usr/bin/env node
// Stateful-proxied calls a second: ours beside Kamailio, each on one core, SIPp on the other; see ../README.md.
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { climbProxy } from './climb-proxy.mjs';
import { runStep } from './run-step.mjs';
import { register, startKamailio, startOurs } from './start-proxy.mjs';

const { values } = parseArgs({
  options: {
    'server-core': { type: 'string', default: '0' },
    'phone-core': { type: 'string', default: '1' },
    port: { type: 'string', default: '15000' },
    rates: { type: 'string', default: '1000,1400,1800,2200,2600,3000,3400,3800,4200' },
    seconds: { type: 'string', default: '6' },
    only: { type: 'string' },
    workers: { type: 'string', default: '1' },
    'semi-space': { type: 'string' },
    share: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'string' },
    'no-latency': { type: 'boolean', default: false },
  },
});
const first = Number(values.port);
const core = values['server-core'];
const phones = values['phone-core'];
const seconds = Number(values.seconds);
const rates = values.rates.split(',').map(Number);

const workers = Number(values.workers);
const share = values.share === undefined ? undefined : Number(values.share);
const contenders = [
  [
    'carillon',
    (port) => startOurs({ port, core, profile: values.profile, workers, semiSpace: values['semi-space'], share }),
  ],
  ['kamailio', (port) => startKamailio({ port, core, children: 2 * workers })],
].filter(([name]) => values.only === undefined || values.only === name);

// Other programs on the machine must not decide: our children inherit this, where we may.
try {
  setPriority(-15);
  writeFileSync('/proc/self/autogroup', '-12');
} catch {
  console.log('Without the right to a higher priority other programs show in the figures.');
}

const results = [];
for (const [at, [, start]] of contenders.entries()) {
  const port = first + at * 100;
  const proxy = await start(port);
  try {
    results.push(await measureProxy(proxy, port));
  } finally {
    await proxy.stop();
  }
}
for (const line of summary(results)) console.log(line);
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);

/** Climbs until two rates in a row fail, then looks at half the best one with a slow second pair of phones beside it. */
async function measureProxy(proxy, port) {
  const load = { port: port + 10, calleePort: port + 20, core: phones, seconds };
  const probe = { port: port + 30, calleePort: port + 40, core: phones, probe: true, rate: 50, seconds };
  const result = await climbProxy(proxy, load, rates);
  const { best } = result;
  if (values['no-latency'] || best === 0) return result;
  await register(proxy, { user: `callee${probe.calleePort}`, contactPort: probe.calleePort });
  const [, timed] = await Promise.all([runStep(proxy, { ...load, rate: best / 2 }), runStep(proxy, probe)]);
  return { ...result, ringing: timed.ringing };
}

function* summary(all) {
  const milliseconds = (value) => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
  yield '\n| proxy | calls/s sustained | CPU per call | INVITE → 180 at half of it, p50 | p99 |';
  yield '| --- | --- | --- | --- | --- |';
  for (const { name, best, cpu, ringing } of all) {
    yield `| ${name} | ${best} | ${cpu} µs | ${milliseconds(ringing?.p50)} | ${milliseconds(ringing?.p99)} |`;
  }
  const [ours, theirs] = all;
  if (theirs !== undefined) {
    yield `\nCalls/s: ${(ours.best / theirs.best).toFixed(2)} × Kamailio; CPU per call: ${(ours.cpu / theirs.cpu).toFixed(2)} ×.`;
  }
}
