#!/usr/bin/env node
// `node tools/bench/datagrams/bench.mjs`: SIP requests answered over UDP each second, beside a plain echo; see ../README.md.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs, promisify } from 'node:util';
import { typescriptArguments } from '../../start/typescript-arguments.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    window: { type: 'string', default: '64' },
    'server-core': { type: 'string', default: '0' },
    'sender-core': { type: 'string', default: '1' },
    profile: { type: 'string' },
  },
});
const SUBJECTS = ['echo', 'transport', 'agent'];
const HERE = import.meta.dirname;

/** Ticks of the kernel's clock, of which a process's time is told. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used. */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Answers each second of one subject, and each second that it computed: what counts where the sender is the limit. */
async function measure(name) {
  const profiling =
    values.profile === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`, `--cpu-prof-name=${name}.cpuprofile`];
  const program = [process.execPath, ...profiling, ...typescriptArguments(), join(HERE, 'subjects.ts'), name];
  const server = spawn('taskset', ['-c', values['server-core'], ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [first] = await once(server.stdout, 'data');
    const port = String(first).trim();
    const used = cpuSeconds(server.pid);
    const sender = [process.execPath, join(HERE, 'send-options.mjs'), port, values.seconds, values.window];
    const { stdout } = await promisify(execFile)('taskset', ['-c', values['sender-core'], ...sender]);
    const [rate, answered, octets] = stdout.trim().split(' ').map(Number);
    return { rate, perCpuSecond: answered / (cpuSeconds(server.pid) - used), octets };
  } finally {
    server.kill('SIGINT');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  }
}

const best = new Map(SUBJECTS.map((name) => [name, { rate: 0, perCpuSecond: 0 }]));
let octets = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of SUBJECTS) {
    const measured = await measure(name);
    octets = measured.octets;
    const { rate, perCpuSecond } = best.get(name);
    best.set(name, {
      rate: Math.max(rate, measured.rate),
      perCpuSecond: Math.max(perCpuSecond, measured.perCpuSecond),
    });
  }
}
console.log(`OPTIONS of ${octets} octets, ${values.window} unanswered at once, best of ${values.rounds} rounds:`);
for (const name of SUBJECTS) {
  const { rate, perCpuSecond } = best.get(name);
  const share = (perCpuSecond / best.get('echo').perCpuSecond).toFixed(2);
  const perCpu = String(Math.round(perCpuSecond)).padStart(7);
  console.log(`  ${name.padEnd(10)} ${String(rate).padStart(7)}/s  ${perCpu} per CPU second, ${share} of the echo`);
}
