import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { WORKSPACE } from '../start/workspace.mjs';

/**
 * Runs vitest projects with vitest's own progress on the screen, and counts.
 *
 * @param {string[]} projects names from vitest.config.ts
 * @param {{ worker: string, timeoutMs: number, env?: NodeJS.ProcessEnv, root?: string,
 *   output?: 'inherit' | 'ignore' }} options `worker`: the mediasoup worker; `root`: where vitest's configuration is
 * @returns {Promise<import('./counts.mjs').Counts>}
 */
export async function runVitest(projects, { worker, timeoutMs, env = {}, root = WORKSPACE, output = 'inherit' }) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'));
  const report = join(folder, 'report.json');
  const problems = join(folder, 'problems.json');
  const args = [
    join(WORKSPACE, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--reporter=${join(import.meta.dirname, 'problems-reporter.mjs')}`,
    `--outputFile.json=${report}`,
  ];
  const ended = await runShown(args, {
    root,
    output,
    env: { ...process.env, MEDIASOUP_WORKER_BIN: worker, CARILLON_PROBLEMS_FILE: problems, ...env },
    timeoutMs,
  });
  const counts = readCounts(report);
  counts.notes.push(...readProblems(problems));
  rmSync(folder, { recursive: true, force: true });
  if (ended.timedOut) counts.notes.push(`stopped after ${timeoutMs / 60_000} minutes`);
  // A file that could not be loaded, an error outside of any test or an end by force shows in the exit code alone.
  if (ended.code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function runShown(args, { root, output, env, timeoutMs }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', output, output] });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, timeoutMs);
    child.on('error', () => resolve({ code: 1, timedOut }));
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, timedOut });
    });
  });
}

function readCounts(report) {
  let json;
  try {
    json = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, notes: ['vitest left no report'] };
  }
  const brokenFiles = json.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  return {
    passed: json.numPassedTests,
    failed: json.numFailedTests + brokenFiles.length,
    skipped: json.numPendingTests + (json.numTodoTests ?? 0),
    notes: skippedNotes(json),
  };
}

/** What `problems-reporter.mjs` wrote; nothing, where vitest was ended before it could. */
function readProblems(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function skippedNotes(json) {
  return json.testResults
    .map(({ name, assertionResults }) => ({
      name: name.replace(WORKSPACE, ''),
      skipped: assertionResults.filter(({ status }) => ['pending', 'skipped', 'todo'].includes(status)).length,
    }))
    .filter(({ skipped }) => skipped > 0)
    .map(({ name, skipped }) => `${skipped} skipped in ${name}`);
}
