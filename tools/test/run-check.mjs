import { startStep } from '../console/step.mjs';
import { WORKSPACE } from '../start/workspace.mjs';
import { runCommand } from '../system/run-command.mjs';
import { oneCheck } from './counts.mjs';

const CHECK_TIMEOUT_MS = 10 * 60_000;

/**
 * Runs one program as one check; what it says is shown only if it fails.
 *
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<import('./counts.mjs').Counts>}
 */
export async function runCheck(title, program, args) {
  const step = startStep(title);
  const { code, output, timedOut } = await runCommand(program, args, {
    cwd: WORKSPACE,
    timeoutMs: CHECK_TIMEOUT_MS,
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  if (code === 0) step.done();
  else {
    step.fail(timedOut ? 'out of time' : `exit code ${code}`);
    console.log(output.trimEnd());
  }
  return oneCheck(code === 0);
}
