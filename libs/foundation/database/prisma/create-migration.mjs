// Writes the migration that brings a database with all migrations up to schema.prisma. From the repository's root:
//   npm run migration <name>, or: npm run migration -- --check
// With --check nothing is written; status 1 says that the schema has changes without a migration.
// New tables with `organisation_id` need `SELECT carillon_isolate('table');` in the same migration.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestDatabase } from '@carillon/database/testing';
import { openSchemaEngine } from './schema-engine.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const [name = '--check'] = process.argv.slice(2);
const path = join(folder, 'schema.prisma');
const say = (line) => process.stdout.write(`${line}\n`);
const schema = { files: [{ path, content: readFileSync(path, 'utf8') }] };

const opened = await openTestDatabase();
const engine = await openSchemaEngine(opened.url);
const { stdout } = await engine.diff({
  from: { tag: 'schemaDatasource', ...schema, configDir: dirname(folder) },
  to: { tag: 'schemaDatamodel', ...schema },
  script: true,
  exitCode: null,
  shadowDatabaseUrl: null,
  filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
});
engine.free();
await opened.close();

if (stdout.trim() === '' || stdout.startsWith('-- This is an empty migration'))
  say('The migrations make the schema as it is.');
else if (name === '--check') {
  process.stderr.write(`schema.prisma has changes without a migration:\n${stdout}\n`);
  process.exitCode = 1;
} else {
  const target = join(folder, 'migrations', `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${name}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'migration.sql'), stdout);
  say(target);
}
