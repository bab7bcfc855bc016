import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceArguments } from '../../start/service-arguments.mjs';
import { pinnedTo } from '../pinned-to.mjs';
import { childrenOf, limitCpu } from './limit-cpu.mjs';

/**
 * @typedef {object} Proxy
 * @property {string} name
 * @property {number} pid
 * @property {number} port UDP and, for ours, TCP on 127.0.0.1
 * @property {() => Promise<void>} stop
 */

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * @param {{ port: number, core?: string, profile?: string, workers?: number, flags?: string[], semiSpace?: string,
 *   share?: number }} options
 *   `semiSpace`: megabytes for young objects, where they are not those of the product; larger ones mean less work and
 *   longer pauses (docs/performance.md);
 *   `share`: percent of a core that each worker gets
 * @returns {Promise<Proxy & { memory: () => Promise<{ heapUsed: number, external: number, rss: number }> }>}
 */
export async function startOurs({ port, core, profile, workers = 1, flags: more = [], semiSpace, share }) {
  const flags = [...more, ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])];
  const young = semiSpace === undefined ? [] : [`--max-semi-space-size=${semiSpace}`];
  const args = [...serviceArguments(), ...young, ...flags, here('proxy.ts'), '--port', String(port)];
  if (workers > 1) args.push('--workers', String(workers));
  const child = launch([...pinnedTo(core), process.execPath, ...args], 'pipe');
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('ready') && resolve());
    child.once('exit', () => reject(new Error(`The proxy did not come up:\n${child.log()}`)));
  });
  const memory = async () => {
    const line = new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdin.write('\n');
    return JSON.parse(String(await line));
  };
  const processes = workers > 1 ? childrenOf(child.pid) : [child.pid];
  const unlimit = share === undefined ? () => undefined : limitCpu(processes, share);
  const end = async () => {
    await stop(child);
    unlimit();
  };
  return { name: `Carillon${workers > 1 ? ` × ${workers}` : ''}`, pid: child.pid, port, memory, stop: end };
}

/** @param {{ port: number, core?: string, children?: number }} options @returns {Promise<Proxy>} */
export async function startKamailio({ port, core, children = 2 }) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-proxy-'));
  const args = ['-f', here('kamailio.cfg'), '-DD', '-E', '-m', '1024', '-M', '32', '-Y', folder, '-w', folder];
  args.push('-A', `LISTEN=udp:127.0.0.1:${port}`, '-A', `CHILDREN=${children}`);
  const child = launch([...pinnedTo(core), 'kamailio', ...args], 'ignore');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  if (child.exitCode !== null) throw new Error(`Kamailio did not come up:\n${child.log()}`);
  const end = async () => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { name: 'Kamailio', pid: child.pid, port, stop: end };
}

/** Binds a user to an address by a REGISTER without a password. */
export async function register({ port }, { user, contactPort }) {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const lines = [
    'REGISTER sip:bench.local SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${Date.now()};rport`,
    'Max-Forwards: 70',
    `From: <sip:${user}@bench.local>;tag=r1`,
    `To: <sip:${user}@bench.local>`,
    `Call-ID: register-${user}-${Date.now()}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${user}@127.0.0.1:${contactPort}>`,
    'Expires: 3600',
    'Content-Length: 0',
  ];
  const answer = new Promise((resolve, reject) => {
    socket.once('message', (bytes) => resolve(String(bytes).slice(8, 11)));
    setTimeout(() => reject(new Error('No answer to REGISTER')), 3000).unref();
  });
  socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, '127.0.0.1');
  const status = await answer;
  socket.close();
  if (status !== '200') throw new Error(`REGISTER was answered with ${status}`);
}

function launch([command, ...args], stdin) {
  const child = spawn(command, args, { stdio: [stdin, stdin === 'pipe' ? 'pipe' : 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  child.log = () => log;
  return child;
}

async function stop(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // Ours ends with its input, and then writes its profile.
  if (child.stdin) child.stdin.end();
  else child.kill('SIGTERM');
  const killed = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(killed);
}
