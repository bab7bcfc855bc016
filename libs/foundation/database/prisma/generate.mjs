#!/usr/bin/env node
// Generates the Prisma client into src/generated, where the schema changed since the last time.
//   node libs/foundation/database/prisma/generate.mjs [--force]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lib = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const cliPackage = require.resolve('prisma/package.json');
const { version, bin } = JSON.parse(readFileSync(cliPackage, 'utf8'));
const state = createHash('sha256')
  .update(version)
  .update(readFileSync(join(lib, 'prisma/schema.prisma')))
  .digest('hex');
const stamp = join(lib, 'src/generated/.schema-state');

if (!process.argv.includes('--force') && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) process.exit(0);

// Generating needs no schema engine, but the CLI would fetch one where this variable does not name a program.
const outcome = spawnSync(process.execPath, [join(dirname(cliPackage), bin.prisma ?? bin), 'generate', '--no-hints'], {
  cwd: lib,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
});
if (outcome.status !== 0) {
  process.stderr.write(outcome.stdout + outcome.stderr);
  process.exit(1);
}
writeFileSync(stamp, state);
