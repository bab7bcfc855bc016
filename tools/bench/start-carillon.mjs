import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { serviceArguments } from '../start/service-arguments.mjs';
import { WORKSPACE } from '../start/workspace.mjs';
import { addUsers } from './add-users.mjs';
import { freePort } from './free-port.mjs';
import { pinnedTo } from './pinned-to.mjs';
import { logIn } from './portal-session.mjs';

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;

/**
 * @typedef {{ name: string, pid: number, host: string, port: number, domain: string,
 *   users: { user: string, password: string, number: string }[], stop: () => Promise<void>,
 *   portal?: Awaited<ReturnType<typeof logIn>> }} Server `portal`: an administrator's session, of Carillon
 */

/**
 * Starts Carillon for the benchmark: all-in-one, on free ports, with a data directory of its own that goes away.
 *
 * @param {{ worker: string, users: number, core?: string, profile?: string, processes?: string }} options the mediasoup worker; users with phones;
 *   the cores that everything of it may use, as taskset writes them; a folder for V8 CPU profiles of every thread;
 *   the processes that signalling runs in
 * @returns {Promise<Server>}
 * @throws {Error} with the end of its log if it does not come up
 */
export async function startCarillon({ worker, users: wanted, core, profile, processes = '1' }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-bench-'));
  const http = await freePort();
  const sip = await freePort(2);
  const rtp = 40_000;
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=500'];
  const main = join(WORKSPACE, 'apps/all-in-one/src/main.ts');
  const command = [...pinnedTo(core), process.execPath, ...profiling, ...serviceArguments(), main];
  const child = spawn(command[0], command.slice(1), {
    cwd: WORKSPACE,
    env: {
      ...process.env,
      MEDIASOUP_WORKER_BIN: worker,
      CARILLON_DATA_DIR: dataDir,
      CARILLON_HTTP_PORT: String(http),
      CARILLON_SIP_PORT: String(sip),
      CARILLON_RTP_PORTS: `${rtp}-${rtp + 3999}`,
      CARILLON_SIGNALLING_PROCESSES: processes,
      CARILLON_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk) => (log = (log + chunk).slice(-8000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    rmSync(dataDir, { recursive: true, force: true });
  };
  if (!(await healthy(`http://127.0.0.1:${http}/health`, child))) {
    await stop();
    throw new Error(`Carillon did not come up:\n${log}`);
  }
  const demo = JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));
  const users = demo.staff.map((one) => ({ user: one.sipUser, password: one.sipPassword, number: one.extension }));
  try {
    const portal = await logIn(demo.portal);
    if (users.length < wanted)
      users.push(...(await addUsers(portal, { count: wanted - users.length, firstExtension: 2001 })));
    return {
      ...{ name: 'Carillon', pid: child.pid, host: demo.sip.host, port: demo.sip.udpPort, domain: demo.sip.domain },
      ...{ users: users.slice(0, wanted), portal, stop },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function healthy(url, child) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      if ((await fetch(url)).ok) return true;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
