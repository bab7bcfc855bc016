import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from '../process-tree.mjs';
import { serviceArguments } from '../../start/service-arguments.mjs';
import { typescriptArguments } from '../../start/typescript-arguments.mjs';
import { WORKSPACE } from '../../start/workspace.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const START_TIMEOUT_MS = 120_000;
/** Other work on the machine should disturb neither server. */
const PRIORITY = ['-n', '-15'];
/** Share of a core that a server at rest uses at most. */
const REST = 0.3;
/** Goodbyes of that many phones take their time. */
const STOP_TIMEOUT_MS = 30_000;

export const DOMAIN = 'bench.local';
export const nameOf = (index) => `u${String(index + 1).padStart(7, '0')}`;
export const passwordOf = (index) => `pw-${nameOf(index)}`;

/** @typedef {{ name: string, pid: number, port: number, stop: () => Promise<void> }} Registrar */

/**
 * The whole product, all-in-one, with as many phones in its database, pinned to cores.
 *
 * @param {{ phones: number, core: string, databaseCore: string, port: number, worker: string, profile?: string }} options
 *   `databaseCore`: PostgreSQL may be moved away from the rest; `port` for SIP, with those behind it for TLS and HTTP
 * @returns {Promise<Registrar>}
 */
export async function startCarillon({ phones, core, databaseCore, port, worker, profile }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'carillon-registrations-'));
  const seeded = spawnSync(
    process.execPath,
    [...typescriptArguments(), here('./seed-devices.ts'), dataDir, String(phones)],
    {
      cwd: WORKSPACE,
      encoding: 'utf8',
    },
  );
  if (seeded.status !== 0) throw new Error(`The phones could not be put into the database:\n${seeded.stderr}`);
  const profiling = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, '--cpu-prof-interval=200'] : [];
  const main = join(WORKSPACE, 'apps/all-in-one/src/main.ts');
  const child = spawn(
    'nice',
    [...PRIORITY, 'taskset', '-c', core, process.execPath, ...profiling, ...serviceArguments(), main],
    {
      cwd: WORKSPACE,
      env: {
        ...process.env,
        MEDIASOUP_WORKER_BIN: worker,
        CARILLON_DATA_DIR: dataDir,
        CARILLON_HTTP_PORT: String(port + 5),
        CARILLON_SIP_PORT: String(port),
        CARILLON_RTP_PORTS: '46000-46099',
        CARILLON_LOG_LEVEL: 'warn',
        CARILLON_SIP_DOMAIN: 'demo.bench.local',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
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
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isHealthy(port + 5))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error(`Carillon did not come up:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await atRest(child.pid);
  if (databaseCore !== core)
    for (const pid of postgresOf(dataDir)) spawnSync('taskset', ['-acp', databaseCore, String(pid)]);
  return { name: 'Carillon', pid: child.pid, port, stop };
}

/** A first start has things to prepare behind the scenes, which are no part of what is measured. */
async function atRest(pid) {
  for (let quiet = 0, waited = 0; quiet < 2 && waited < 30; waited += 1) {
    const before = cpuSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    quiet = cpuSeconds(pid) - before < REST ? quiet + 1 : 0;
  }
}

async function isHealthy(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  } catch {
    return false;
  }
}

/** The postmaster and its processes, found by the data directory. */
function postgresOf(dataDir) {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
      const command = (one) => readFileSync(`/proc/${one}/cmdline`, 'utf8');
      return /postgres/.test(command(pid)) && (command(pid).includes(dataDir) || command(parent).includes(dataDir));
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

/**
 * Kamailio with the same phones, credentials and bindings in memory.
 *
 * @param {{ phones: number, core: string, port: number }} options
 * @returns {Promise<Registrar>}
 */
export async function startKamailio({ phones, core, port }) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-kamailio-'));
  mkdirSync(join(folder, 'db'));
  const columns = 'id(int,auto) key_name(string) key_type(int) value_type(int) key_value(string) expires(int)';
  const rows = Array.from({ length: phones }, (_, index) => `${index + 1}:${nameOf(index)}:0:0:${passwordOf(index)}:0`);
  writeFileSync(join(folder, 'db', 'htable'), `${[columns, ...rows].join('\n')}\n`);
  writeFileSync(join(folder, 'db', 'version'), 'table_name(string) table_version(int)\nhtable:2\n');
  const config = here('../kamailio.cfg');
  const args = ['-f', config, '-DD', '-E', '-Y', folder, '-w', folder, '-m', '2048', '-M', '32'];
  args.push('-A', `DBURL="text://${join(folder, 'db')}"`, '-A', `LISTEN=udp:127.0.0.1:${port}`);
  const child = spawn('nice', [...PRIORITY, 'taskset', '-c', core, 'kamailio', ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  if (child.exitCode !== null) throw new Error(`Kamailio did not come up:\n${log}`);
  return { name: 'Kamailio', pid: child.pid, port, stop };
}
