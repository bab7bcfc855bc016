import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { startStep } from '../console/step.mjs';
import { holdLock } from '../system/hold-lock.mjs';
import { runCommand } from '../system/run-command.mjs';
import { inputHash } from './input-hash.mjs';
import { WORKSPACE } from './workspace.mjs';

const WEB = join(WORKSPACE, 'apps', 'web');
const DIST = join(WEB, 'dist');
/** A running server goes on serving the old files until the new ones are whole. */
const BUILDING = join(WEB, 'dist-building');
const STAMP_NAME = '.inputs';
const LOCK = join(WORKSPACE, '.nx', 'carillon-web-lock');
const NOT_AN_INPUT = /(^|[\\/])(node_modules|dist|dist-building|\.vite)$|\.spec\.tsx?$/;

/** Builds the web app into apps/web/dist if its sources changed. @throws {Error} with the bundler's words */
export async function ensureWebApp() {
  if (isFresh()) return;
  await holdLock(LOCK, async () => {
    if (!isFresh()) await build();
  });
}

function inputs() {
  return inputHash(WORKSPACE, ['apps/web', 'libs/core', 'package-lock.json'], (path) => !NOT_AN_INPUT.test(path));
}

function isFresh() {
  const stamp = join(DIST, STAMP_NAME);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs();
}

async function build() {
  const step = startStep('Building the web app');
  const before = inputs();
  const vite = join(WORKSPACE, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await runCommand(process.execPath, [vite, 'build', '--outDir', BUILDING, '--emptyOutDir'], {
    cwd: WEB,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    onLine: (line) => line.trim() && step.update(line.trim()),
  });
  if (code !== 0) {
    step.fail('the bundler stopped');
    throw new Error(`The web app could not be built:\n${output.trim().slice(-3000)}`);
  }
  writeFileSync(join(BUILDING, STAMP_NAME), before);
  rmSync(DIST, { recursive: true, force: true });
  renameSync(BUILDING, DIST);
  step.done();
}
