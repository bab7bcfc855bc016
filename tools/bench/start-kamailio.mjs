import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';
import { pinnedTo } from './pinned-to.mjs';

const CONFIG = fileURLToPath(new URL('./kamailio.cfg', import.meta.url));
const DOMAIN = 'bench.local';

/**
 * Starts Kamailio as registrar and record-routing proxy with digest, to see what this machine can do. It is a proxy:
 * it keeps no call, no media and no record, so it is a yardstick rather than a rival.
 *
 * @param {{ users: number, core?: string }} options
 * @returns {Promise<import('./start-carillon.mjs').Server>}
 */
export async function startKamailio({ users: wanted, core }) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-kamailio-'));
  const port = await freePort();
  const users = Array.from({ length: wanted }, (_, index) => {
    const user = String(1001 + index);
    return { user, password: `secret-${user}`, number: user };
  });
  mkdirSync(join(folder, 'db'));
  const rows = users.map(({ user, password }, index) => `${index + 1}:${user}:0:0:${password}:0`);
  const columns = 'id(int,auto) key_name(string) key_type(int) value_type(int) key_value(string) expires(int)';
  writeFileSync(join(folder, 'db', 'htable'), `${[columns, ...rows].join('\n')}\n`);
  writeFileSync(join(folder, 'db', 'version'), 'table_name(string) table_version(int)\nhtable:2\n');
  const args = ['-f', CONFIG, '-DD', '-E', '-Y', folder, '-w', folder];
  args.push('-A', `DBURL="text://${join(folder, 'db')}"`, '-A', `LISTEN=udp:127.0.0.1:${port}`);
  const command = [...pinnedTo(core), 'kamailio', ...args];
  const child = spawn(command[0], command.slice(1), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await new Promise((resolve) => setTimeout(resolve, 1500));
  if (child.exitCode !== null) throw new Error(`Kamailio did not come up:\n${log}`);
  return { name: 'Kamailio', pid: child.pid, host: '127.0.0.1', port, domain: DOMAIN, users, stop };
}
