import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startStep } from '../console/step.mjs';
import { canInstallPackages, installPackages, missingPackages } from '../system/debian-packages.mjs';
import { runCommand } from '../system/run-command.mjs';
import { isWorkingWorker } from './check-worker.mjs';
import { ninjaFile } from './ninja-file.mjs';
import { MEDIASOUP_DIR } from './worker-location.mjs';
import { workerSources } from './worker-sources.mjs';

const DEBIAN_PACKAGES = [
  'g++',
  'ninja-build',
  'libuv1-dev',
  'libssl-dev',
  'libsrtp2-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
  'libabsl-dev',
];
const BUILD_TIMEOUT_MS = 60 * 60_000;
const COMPAT_DIR = fileURLToPath(new URL('./compat', import.meta.url));

/**
 * Builds the worker from the sources inside the npm package and the system's own libraries (about 5 minutes on two
 * cores). An interrupted build goes on where it stopped.
 *
 * @param {string} target where to put the worker; its folder also holds the build while it runs
 * @throws {Error} with one sentence on what to install, or the compiler's words
 */
export async function buildWorker(target) {
  await ensureBuildPackages();
  const worker = join(MEDIASOUP_DIR, 'worker');
  const build = join(dirname(target), 'build');
  layOut(build, worker);
  await generateMessages(build, join(worker, 'fbs'));
  writeFileSync(join(build, 'build.ninja'), ninjaFile(workerSources(worker), process.env.CXX ?? 'g++'));
  await compile(build);
  const built = join(build, 'mediasoup-worker');
  if (!isWorkingWorker(built)) throw new Error(`The mediasoup worker was built but does not run: ${built}`);
  renameSync(built, target);
  rmSync(build, { recursive: true, force: true });
}

async function ensureBuildPackages() {
  const missing = await missingPackages(DEBIAN_PACKAGES);
  if (missing.length === 0) return;
  if (canInstallPackages()) {
    const result = await installPackages(missing, "the mediasoup worker's build");
    if (result.ok) return;
    throw new Error(`The packages to build the mediasoup worker could not be installed: ${result.reason}`);
  }
  if (await hasBuildTools()) return;
  throw new Error(
    'The mediasoup worker could not be downloaded and must be built, which needs a C++20 compiler, ninja, flatc and ' +
      'the headers of libuv, OpenSSL, libsrtp2, flatbuffers and abseil. On Debian or Ubuntu: ' +
      `sudo apt-get install ${missing.join(' ')} ; on macOS: brew install ninja flatbuffers libuv openssl srtp abseil ; ` +
      'or set MEDIASOUP_WORKER_BIN to a worker that you have.',
  );
}

/** Other distributions: believe in the tools and let the compiler complain about a missing header. */
async function hasBuildTools() {
  if ((await runCommand('dpkg-query', ['--version'])).code === 0) return false;
  const tools = [process.env.CXX ?? 'g++', 'ninja', 'flatc'];
  const results = await Promise.all(tools.map((tool) => runCommand(tool, ['--version'])));
  return results.every(({ code }) => code === 0);
}

/** Links instead of paths keep spaces out of the Ninja file. */
function layOut(build, worker) {
  mkdirSync(join(build, 'FBS'), { recursive: true });
  for (const [name, path] of [
    ['worker', worker],
    ['compat', COMPAT_DIR],
    ['fbs', join(worker, 'fbs')],
  ]) {
    rmSync(join(build, name), { force: true });
    symlinkSync(path, join(build, name), 'dir');
  }
}

async function generateMessages(build, schemaDir) {
  const schemas = readdirSync(schemaDir).filter((file) => file.endsWith('.fbs'));
  const flags = ['--cpp', '--cpp-field-case-style', 'lower', '--reflect-names', '--scoped-enums'];
  const args = [...flags, '--filename-suffix', '', '-o', 'FBS', ...schemas.map((file) => `fbs/${file}`)];
  const { code, output } = await runCommand('flatc', args, { cwd: build });
  if (code !== 0) throw new Error(`flatc could not generate the mediasoup worker's messages: ${output.trim()}`);
}

async function compile(build) {
  const step = startStep('Building the mediasoup worker (once, about 5 minutes on two cores)');
  const jobs = String(Math.max(1, availableParallelism()));
  const { code, output } = await runCommand('nice', ['ninja', '-C', build, '-j', jobs], {
    env: { ...process.env, NINJA_STATUS: '[%f/%t] ', TERM: 'dumb' },
    timeoutMs: BUILD_TIMEOUT_MS,
    onLine(line) {
      const progress = /^\[(\d+)\/(\d+)\]/.exec(line);
      if (progress) step.update(`compiled ${progress[1]} of ${progress[2]}`);
    },
  });
  if (code !== 0) {
    step.fail('the compiler stopped');
    throw new Error(
      `The mediasoup worker could not be built. The end of the compiler's output:\n${output.slice(-4000)}`,
    );
  }
  step.done();
}
