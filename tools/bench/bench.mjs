#!/usr/bin/env node
// `npm run bench`: how long a call takes to ring and to be answered, measured with SIPp; see README.md.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { prepare } from '../start/prepare.mjs';
import { runCommand } from '../system/run-command.mjs';
import { climb, measure } from './measure.mjs';
import { pinOurselves } from './pinned-to.mjs';
import { report, reportClimb } from './report.mjs';
import { startCarillon } from './start-carillon.mjs';
import { startKamailio } from './start-kamailio.mjs';

const { values } = parseArgs({
  options: {
    'call-rate': { type: 'string', default: '9' },
    'register-rate': { type: 'string', default: '30' },
    seconds: { type: 'string', default: '20' },
    warm: { type: 'string', default: '0' },
    hold: { type: 'string', default: '500' },
    users: { type: 'string', default: '6' },
    processes: { type: 'string', default: '1' },
    'server-core': { type: 'string' },
    'phone-core': { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    climb: { type: 'string' },
    alone: { type: 'boolean', default: false },
  },
});
const load = {
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
const servers = [() => startCarillon({ worker, users, core, profile: values.profile, processes: values.processes })];
if (values.alone) console.log('Kamailio is left out.');
else if ((await runCommand('which', ['kamailio'])).code === 0) servers.push(() => startKamailio({ users, core }));
else console.log('Kamailio is not installed: no comparison.');

const rates = values.climb?.split(',').map(Number);
const results = [];
for (const start of servers) {
  const server = await start();
  try {
    results.push(rates === undefined ? await measure(server, load) : await climb(server, { ...load, rates }));
  } finally {
    await server.stop();
  }
}
console.log(`\n${rates === undefined ? report(results, load) : reportClimb(results)}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ load, results }, null, 2)}\n`);
process.exitCode = isWell(results[0]) ? 0 : 1;

function isWell({ calls, best }) {
  return calls === undefined ? best > 0 : calls.begun > 0 && calls.completed === calls.begun;
}
