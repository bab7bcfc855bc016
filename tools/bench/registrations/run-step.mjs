import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentiles } from '../percentiles.mjs';
import { cpuSeconds } from '../process-tree.mjs';
import { DOMAIN, nameOf, passwordOf } from './start-registrars.mjs';

const SCENARIO = fileURLToPath(new URL('./register.xml', import.meta.url));
/** A step holds where hardly anything fails or is sent again. */
const LIMITS = { failed: 0.001, reached: 0.97, repeated: 0.01 };

/** Writes who registers, in turn. @returns the file */
export function writePhones(folder, phones) {
  const line = (_, index) =>
    `${nameOf(index)};[authentication username=${nameOf(index)} password=${passwordOf(index)}];`;
  const file = join(folder, 'phones.csv');
  writeFileSync(file, `SEQUENTIAL\n${Array.from({ length: phones }, line).join('\n')}\n`);
  return file;
}

/**
 * Registers at one rate, always from the same address, so that who comes again only renews.
 *
 * @param {import('./start-registrars.mjs').Registrar} registrar
 * @param {{ rate: number, count: number, phones: string, core: string, port: number }} load `phones`: file; `port` of the phones
 */
export async function runStep(registrar, { rate, count, phones, core, port }) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-sipp-'));
  const seconds = count / rate;
  const args = [`127.0.0.1:${registrar.port}`, '-sf', SCENARIO, '-i', '127.0.0.1', '-p', String(port), '-nostdin'];
  args.push('-r', String(rate), '-m', String(count), '-l', '15000', '-timer_resol', '1', '-buff_size', '4194304');
  args.push('-max_sched_loops', '2000', '-max_recv_loops', '2000', '-trace_stat', '-stf', 'stat.csv', '-fd', '1');
  args.push('-trace_rtt', '-rtt_freq', '1000', '-timeout', `${Math.ceil(seconds) + 20}s`, '-recv_timeout', '8000');
  args.push('-inf', phones, '-key', 'domain', DOMAIN, '-key', 'expires', '3600');
  const before = cpuSeconds(registrar.pid);
  const began = performance.now();
  const child = spawn('nice', ['-n', '-15', 'taskset', '-c', core, 'sipp', ...args], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  const wall = (performance.now() - began) / 1000;
  const stat = lastLine(join(folder, 'stat.csv'));
  const times = readTimes(folder);
  rmSync(folder, { recursive: true, force: true });
  const created = Number(stat['TotalCallCreated'] ?? 0);
  const ok = Number(stat['SuccessfulCall(C)'] ?? 0);
  const repeated = Number(stat['Retransmissions(C)'] ?? 0);
  const reached = created / Math.max(seconds, wall - 1);
  return {
    rate,
    created,
    ok,
    repeated,
    reached: Math.round(reached),
    holds:
      created - ok <= count * LIMITS.failed &&
      created >= count * LIMITS.reached &&
      reached >= rate * LIMITS.reached &&
      repeated <= created * LIMITS.repeated,
    cpuMicroseconds: Math.round(((cpuSeconds(registrar.pid) - before) / Math.max(1, created)) * 1e6),
    toChallenge: percentiles(times.get('1') ?? []),
    toRegistered: percentiles(times.get('2') ?? []),
  };
}

function lastLine(file) {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(';'));
  return Object.fromEntries(lines[0].map((name, index) => [name, lines.at(-1)[index]]));
}

function readTimes(folder) {
  const times = new Map();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('_rtt.csv')))
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n').slice(1)) {
      const [, ms, kind] = line.split(';');
      if (kind === undefined) continue;
      const list = times.get(kind) ?? [];
      list.push(Number(ms));
      times.set(kind, list);
    }
  return times;
}
