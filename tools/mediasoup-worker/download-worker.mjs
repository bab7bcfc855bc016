import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { startStep } from '../console/step.mjs';
import { runCommand } from '../system/run-command.mjs';
import { isWorkingWorker } from './check-worker.mjs';
import { MEDIASOUP_DIR } from './worker-location.mjs';

const DOWNLOAD_TIMEOUT_MS = 60_000;

/**
 * Lets the mediasoup package fetch its prebuilt worker with its own install step. That step builds with Python and
 * pip when the download fails; that part is switched off here (PYTHON=false), because our own build needs neither.
 *
 * @param {string} target where to put the worker
 * @returns {Promise<boolean>} false if there is none to be had
 */
export async function downloadWorker(target) {
  const step = startStep('Downloading the mediasoup worker');
  const { code, output } = await runCommand(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: MEDIASOUP_DIR,
    env: { ...process.env, PYTHON: 'false' },
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  const downloaded = join(MEDIASOUP_DIR, 'worker', 'out', 'Release', 'mediasoup-worker');
  if (code === 0 && existsSync(downloaded) && isWorkingWorker(downloaded)) {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(downloaded, `${target}.new`);
    renameSync(`${target}.new`, target);
    step.done();
    return true;
  }
  step.fail(`${whyItFailed(output)}; it will be built from source instead`);
  return false;
}

function whyItFailed(output) {
  const line = output.split('\n').find((text) => /failed to download|no available|fails to run/.test(text));
  return line ? line.replace(/^.*\| /, '').trim() : 'it could not be fetched in time';
}
