import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typescriptArguments } from '../start/typescript-arguments.mjs';

const fuzz = fileURLToPath(new URL('fuzz.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', ...typescriptArguments(), fuzz, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
