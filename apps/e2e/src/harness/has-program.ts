import { spawn } from 'node:child_process';

/** Whether a program of another project is installed here. */
export function hasProgram(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('which', [name], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
