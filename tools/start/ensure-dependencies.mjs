import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { startStep } from '../console/step.mjs';
import { holdLock } from '../system/hold-lock.mjs';
import { runCommand } from '../system/run-command.mjs';
import { WORKSPACE } from './workspace.mjs';

const LOCK_FILE = join(WORKSPACE, 'package-lock.json');
/** npm's own record of what stands in node_modules. */
const INSTALLED = join(WORKSPACE, 'node_modules', '.package-lock.json');
const STAMP = join(WORKSPACE, 'node_modules', '.cache', 'carillon', 'installed');
const LOCK = join(WORKSPACE, '.nx', 'carillon-prepare-lock');

/** Installs the packages of package-lock.json if they are not there. @throws {Error} with npm's last words */
export async function ensureDependencies() {
  if (isInstalled()) return;
  await holdLock(LOCK, async () => {
    if (!isInstalled()) await install();
  });
}

function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  const state = lockState();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state) return true;
  if (!matchesLock()) return false;
  writeStamp(state);
  return true;
}

function lockState() {
  const hash = createHash('sha256').update(readFileSync(LOCK_FILE));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`;
}

function writeStamp(state) {
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, state);
}

/** Whether someone has installed exactly this lock already. Optional packages may be missing: other platforms' ones. */
function matchesLock() {
  const wanted = JSON.parse(readFileSync(LOCK_FILE, 'utf8')).packages;
  const present = JSON.parse(readFileSync(INSTALLED, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, link, resolved }]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    if (link) return existsSync(join(WORKSPACE, path)) && existsSync(join(WORKSPACE, resolved));
    if (!present[path]) return Boolean(optional);
    return present[path].version === version;
  });
}

async function install() {
  const step = startStep('Installing packages');
  // `npm ci` refuses a lock made where some platforms' optional binaries could not be seen; `install` does not.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? { program: process.execPath, args: [process.env.npm_execpath, ...args] }
    : { program: 'npm', args };
  const { code, output } = await runCommand(npm.program, npm.args, { cwd: WORKSPACE, timeoutMs: 30 * 60_000 });
  if (code !== 0) {
    step.fail('npm stopped');
    throw new Error(`The packages could not be installed. npm's last words:\n${output.trim().slice(-2000)}`);
  }
  step.done();
  writeStamp(lockState());
}
