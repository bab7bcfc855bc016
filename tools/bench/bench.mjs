#!/usr/bin/env node
// `npm run bench`: how long a call takes to ring and to be answered, measured with SIPp; see README.md.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { prepare } from '../start/prepare.mjs';
import { runCommand } from '../system/run-command.mjs';
import { climbProxied } from './climb-proxied.mjs';
import { climb, measure } from './measure.mjs';
import { pinOurselves } from './pinned-to.mjs';
import { report, reportBeside, reportClimb } from './report.mjs';
import { startCarillon } from './start-carillon.mjs';
import { startKamailio } from './start-kamailio.mjs';

/** Of a rate's calls, how many must begin in time where it is held against Kamailio's proxied calls: as there. */
const BEGUN_IN_TIME = 0.97;

const { values } = parseArgs({
  options: {
    'call-rate': { type: 'string', default: '9' },
    'register-rate': { type: 'string', default: '30' },
    seconds: { type: 'string', default: '20' },
    warm: { type: 'string', default: '0' },
    hold: { type: 'string', default: '500' },
    users: { type: 'string', default: '6' },
    processes: { type: 'string', default: '1' },
    from: { type: 'string', default: 'phones' },
    'server-core': { type: 'string' },
    'phone-core': { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    climb: { type: 'string' },
    beside: { type: 'string' },
    'proxied-rates': { type: 'string', default: '1000,1400,1800,2200,2600,3000,3400,3800,4200' },
    alone: { type: 'boolean', default: false },
  },
});
const { from, beside } = values;
const rates = values.climb?.split(',').map(Number);
if (from !== 'phones' && from !== 'trunk') throw new Error('--from is phones or trunk.');
if (beside !== undefined && (beside !== 'proxied' || rates === undefined))
  throw new Error('--beside is proxied, and takes --climb.');
const load = {
  from,
  callRate: Number(values['call-rate']),
  registerRate: Number(values['register-rate']),
  seconds: Number(values.seconds),
  warmSeconds: Number(values.warm),
  holdMs: Number(values.hold),
  core: values['phone-core'],
};

const { worker } = await prepare({ web: false });
const users = Number(values.users);
const core = values['server-core'];
// What is measured has its core for itself.
if (core !== undefined) pinOurselves(load.core);
const hasKamailio = (await runCommand('which', ['kamailio'])).code === 0;

const results = [];
for (const turn of turns()) results.push(await turn());
console.log(`\n${rates === undefined ? report(results, load) : reportClimb(results)}`);
if (beside !== undefined) console.log(reportBeside(results));
if (values.json) writeFileSync(values.json, `${JSON.stringify({ load, results }, null, 2)}\n`);
process.exitCode = isWell(results[0]) ? 0 : 1;

/** What is measured, one after the other. */
function turns() {
  const { profile, processes } = values;
  const ours = () => measured(() => startCarillon({ worker, users, core, profile, processes }));
  if (beside !== undefined) {
    if (!hasKamailio) throw new Error('Kamailio is not installed: nothing to stand beside.');
    const proxied = { ...load, rates: values['proxied-rates'].split(',').map(Number), serverCore: core };
    // Machines are not as fast all the time: what is compared comes before and after what it is compared with.
    return [ours, () => climbProxied(proxied), ours];
  }
  const left = whyKamailioIsLeftOut();
  if (left === undefined) return [ours, () => measured(() => startKamailio({ users, core }))];
  console.log(left);
  return [ours];
}

function whyKamailioIsLeftOut() {
  if (values.alone) return 'Kamailio is left out.';
  if (from === 'trunk')
    return 'Kamailio is left out: it challenges every caller. --beside proxied has its calls without.';
  return hasKamailio ? undefined : 'Kamailio is not installed: no comparison.';
}

async function measured(start) {
  const server = await start();
  try {
    if (rates === undefined) return await measure(server, load);
    return await climb(server, { ...load, rates, ...(beside === undefined ? {} : { begunInTime: BEGUN_IN_TIME }) });
  } finally {
    await server.stop();
  }
}

function isWell({ calls, best }) {
  return calls === undefined ? best > 0 : calls.begun > 0 && calls.completed === calls.begun;
}
