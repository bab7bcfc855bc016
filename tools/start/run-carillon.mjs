import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { prepare } from './prepare.mjs';
import { serviceArguments } from './service-arguments.mjs';
import { WORKSPACE } from './workspace.mjs';

/** Prepares this checkout, then runs `all-in-one` until it ends; its exit code becomes ours. */
export async function runCarillon() {
  const hasTerminal = process.stdin.isTTY === true || process.stdout.isTTY === true;
  // There are no certificates to read again yet: a reload does not end the start.
  if (!hasTerminal) process.on('SIGHUP', () => undefined);
  let worker;
  try {
    ({ worker } = await prepare({ web: true }));
  } catch (error) {
    console.error(`\nCarillon could not be prepared. ${error.message}`);
    process.exitCode = 1;
    return;
  }
  const main = join(WORKSPACE, 'apps', 'all-in-one', 'src', 'main.ts');
  // A process group of its own: Ctrl-C in a terminal goes to every process of the group, and then the database and
  // the media workers would be ended before the calls are.
  const child = spawn(process.execPath, [...serviceArguments(), main, ...process.argv.slice(2)], {
    cwd: WORKSPACE,
    env: { ...process.env, MEDIASOUP_WORKER_BIN: worker },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  });
  passSignalsTo(child, hasTerminal);
  child.on('error', (error) => {
    console.error(`Carillon could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0);
  });
}

/**
 * The first signal asks politely, the second one ends the service at once. SIGHUP says that a terminal was closed, where there is
 * one; of a service it is how certificates are read again (`systemctl reload`).
 */
function passSignalsTo(child, hasTerminal) {
  let asked = false;
  // Before it says so it has read no certificates that could have changed since, and a signal would end it.
  let hasStarted = false;
  child.once('message', () => (hasStarted = true));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && !hasTerminal) {
        if (hasStarted) child.kill('SIGHUP');
        return;
      }
      if (!asked) {
        asked = true;
        child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
        return;
      }
      console.error('Ending at once.');
      child.kill('SIGKILL');
    });
  }
}
