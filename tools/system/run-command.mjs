import { spawn } from 'node:child_process';

const TAIL_CHARACTERS = 16_000;

/**
 * Runs a program to its end and keeps the last 16,000 characters of what it said.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onLine?: (line: string) => void,
 *   stdin?: string }} [options] `onLine` sees each line of stdout and stderr as it comes
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} `code` is 127 when the program is missing
 *   and 124 when it ran out of time (it is ended then, with the processes that it started)
 */
export function runCommand(program, args, options = {}) {
  const { cwd, env = process.env, timeoutMs, onLine, stdin } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: timeoutMs !== undefined && process.platform !== 'win32',
    });
    let output = '';
    const partial = { stdout: '', stderr: '' };
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup(child);
          }, timeoutMs);
    const take = (stream) => (chunk) => {
      const text = chunk.toString();
      output = (output + text).slice(-TAIL_CHARACTERS);
      if (!onLine) return;
      const lines = (partial[stream] + text).split(/\r\n|\r|\n/);
      partial[stream] = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    };
    child.stdout.on('data', take('stdout'));
    child.stderr.on('data', take('stderr'));
    if (stdin !== undefined) child.stdin?.end(stdin);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${output}${error.message}`, timedOut });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      for (const rest of Object.values(partial)) if (rest !== '') onLine?.(rest);
      resolve({ code: timedOut ? 124 : (code ?? 1), output, timedOut });
    });
  });
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already, or was never one (Windows).
    child.kill('SIGKILL');
  }
}
