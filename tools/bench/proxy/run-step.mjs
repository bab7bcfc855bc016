import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentiles } from '../percentiles.mjs';
import { pinnedTo } from '../pinned-to.mjs';
import { cpuSeconds } from '../process-tree.mjs';
import { readMessageTimes } from '../read-message-times.mjs';

const scenario = (name) => fileURLToPath(new URL(`./scenarios/${name}.xml`, import.meta.url));
const COMMON = ['-i', '127.0.0.1', '-nostdin', '-timer_resol', '1', '-buff_size', '4194304', '-l', '60000'];

/**
 * Calls at one rate for some seconds.
 *
 * @param {import('./start-proxy.mjs').Proxy} proxy
 * @param {{ rate: number, seconds: number, holdMs?: number, port: number, calleePort: number, core?: string,
 *   transport?: string, probe?: boolean }} load `probe`: also time every message, for low rates beside a load
 * @returns {Promise<{ rate: number, begun: number, failed: number, retransmitted: number, achieved: number,
 *   cpuMicrosecondsPerCall: number, ringing: ReturnType<typeof percentiles>, passed: boolean }>}
 */
export async function runStep(proxy, load) {
  const { rate, seconds, holdMs = 0, port, calleePort, core, transport = 'u1', probe = false } = load;
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-step-'));
  const count = Math.round(rate * seconds);
  const sipp = (args) =>
    spawnQuiet(
      [...pinnedTo(core), 'sipp', ...args, ...COMMON, '-t', transport, '-key', 'domain', 'bench.local'],
      folder,
    );
  const callee = sipp(['-sf', scenario('uas'), '-p', String(calleePort)]);
  await pause(300);
  const times = probe ? ['-trace_shortmsg', '-shortmessage_file', 'messages.csv'] : [];
  const caller = sipp([
    `127.0.0.1:${proxy.port}`,
    ...['-sf', scenario('uac'), '-p', String(port), '-key', 'callee', `callee${calleePort}`, '-r', String(rate)],
    ...['-m', String(count), '-d', String(holdMs), '-timeout', `${seconds + 15}s`, '-recv_timeout', '8000'],
    ...['-max_sched_loops', '2000', '-max_recv_loops', '2000', '-trace_stat', '-stf', 'stat.csv', '-fd', '1', ...times],
  ]);
  const before = cpuSeconds(proxy.pid);
  const begun = performance.now();
  await caller.ended;
  const took = (performance.now() - begun) / 1000;
  const cpu = cpuSeconds(proxy.pid) - before;
  callee.kill();
  await callee.ended;
  const figures = readStatistics(join(folder, 'stat.csv'));
  const messages = join(folder, 'messages.csv');
  const ringing = probe && existsSync(messages) ? readMessageTimes(readFileSync(messages, 'utf8')).toRinging : [];
  rmSync(folder, { recursive: true, force: true });
  const lost = figures.begun - figures.answered;
  const achieved = figures.begun / Math.max(took - holdMs / 1000, seconds);
  return {
    rate,
    begun: figures.begun,
    failed: lost,
    retransmitted: figures.retransmitted,
    achieved: Math.round(achieved),
    cpuMicrosecondsPerCall: Math.round((cpu / Math.max(1, figures.begun)) * 1e6),
    ringing: percentiles(ringing),
    passed:
      figures.begun >= count * 0.97 &&
      lost <= figures.begun * 0.005 &&
      achieved >= rate * 0.97 &&
      figures.retransmitted <= figures.begun * 0.01,
  };
}

/** The last line of SIPp's statistics. */
function readStatistics(file) {
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(';'));
  const last = Object.fromEntries(lines[0].map((name, at) => [name, lines.at(-1)[at]]));
  return {
    begun: Number(last['TotalCallCreated']),
    answered: Number(last['SuccessfulCall(C)']),
    retransmitted: Number(last['Retransmissions(C)']),
  };
}

function spawnQuiet([command, ...args], cwd) {
  const child = spawn(command, args, { cwd, stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  return { ended, kill: () => child.kill('SIGKILL') };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
