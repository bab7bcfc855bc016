import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { behindUs } from './give-way.js';

const PROGRAM = `
  import { readdirSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { Worker } from 'node:worker_threads';
  import { helpersGiveWay } from ${JSON.stringify(new URL('./helpers-give-way.ts', import.meta.url).href)};
  const threads = () => readdirSync('/proc/self/task').map(Number);
  const helpers = threads().filter((thread) => thread !== process.pid);
  const refused = helpersGiveWay();
  const worker = new Worker('setTimeout(() => undefined, 5000)', { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  const later = threads().filter((thread) => thread !== process.pid && !helpers.includes(thread));
  console.log(JSON.stringify({
    refused: refused ?? null,
    main: getPriority(process.pid),
    helpers: helpers.map((thread) => getPriority(thread)),
    later: later.map((thread) => getPriority(thread)),
  }));
  process.exit(0);
`;

describe.runIf(process.platform === 'linux')('helpers of a process', () => {
  it('wait behind its main thread, and behind threads that it makes later', () => {
    const flags = ['--conditions=@carillon/source', '--no-warnings', '--input-type=module', '--import'];
    const typescript = new URL('../../../../tools/typescript/register.mjs', import.meta.url).href;
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, typescript, '-e', PROGRAM], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(stderr).toBe('');
    const { refused, main, helpers, later } = JSON.parse(stdout) as Record<'refused' | 'main', unknown> &
      Record<'helpers' | 'later', number[]>;
    expect(refused).toBeNull();
    expect(helpers.length).toBeGreaterThan(0);
    expect(new Set(helpers)).toEqual(new Set([behindUs()]));
    expect(main).toBeLessThan(behindUs());
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later)).toEqual(new Set([main]));
  });
});
