import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { typescriptArguments } from './tools/start/typescript-arguments.mjs';
import { cachedWorkerPath } from './tools/mediasoup-worker/worker-location.mjs';

/**
 * One configuration for every test of the repository. Four projects, told apart by file name:
 *
 * | project     | files                            | how                                                      |
 * | ----------- | -------------------------------- | -------------------------------------------------------- |
 * | unit        | `*.spec.ts`, `*.spec.mjs`        | parallel, 15 s each                                      |
 * | web         | `apps/web/src/**\/*.spec.ts(x)`   | in happy-dom                                             |
 * | integration | `*.int.spec.ts`                  | real sockets, processes and PostgreSQL, 60 s each        |
 * | e2e         | `apps/e2e/src/**\/*.e2e.ts`       | the whole product with foreign clients, one after another |
 *
 * `npx vitest run libs/engine/sip-stack` runs everything below that path, `--project unit` narrows it.
 *
 * Test processes carry the flags that run TypeScript from source, so a worker thread that a spec (or the code under
 * test) starts inherits them: `new Worker(new URL('./x.worker.ts', import.meta.url))`, without an `execArgv` of its
 * own, loads TypeScript and `@carillon/*` here exactly as it does in production. A child process does not inherit
 * them: pass `[...process.execArgv, file]`.
 *
 * Nothing is tried twice: a test that fails now and then has found a race, in Carillon or in itself.
 */
const SOURCE = ['{apps,libs,tools}/**'];
const NEVER = ['**/node_modules/**', '**/dist/**', '**/src/generated/**'];

/** `npm test` says where the mediasoup worker is; a plain `npx vitest` takes the cached one, if there is one. */
const worker = process.env['MEDIASOUP_WORKER_BIN'] ?? (existsSync(cachedWorkerPath()) ? cachedWorkerPath() : undefined);

export default defineConfig({
  resolve: { conditions: ['@carillon/source', 'node', 'import', 'module', 'default'] },
  // Vitest hands these to its processes as --conditions: 'import' here would make require() load ES modules.
  ssr: { resolve: { conditions: ['@carillon/source', 'node'] } },
  test: {
    pool: 'forks',
    execArgv: typescriptArguments(),
    env: worker === undefined ? {} : { MEDIASOUP_WORKER_BIN: worker },
    passWithNoTests: true,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: SOURCE.map((base) => `${base}/*.spec.{ts,mjs}`),
          exclude: [...NEVER, '**/*.int.spec.*', 'apps/web/**'],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        resolve: { conditions: ['@carillon/source', 'browser', 'import', 'module', 'default'] },
        test: {
          name: 'web',
          environment: 'happy-dom',
          execArgv: [],
          include: ['apps/web/src/**/*.spec.{ts,tsx}'],
          exclude: NEVER,
          setupFiles: ['tools/test/web-setup.mjs'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: SOURCE.map((base) => `${base}/*.int.spec.{ts,mjs}`),
          exclude: NEVER,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['apps/e2e/src/**/*.e2e.ts'],
          exclude: NEVER,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          teardownTimeout: 60_000,
        },
      },
    ],
  },
});
