import { existsSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '@carillon/service-runtime';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from './migrate/migrate.js';
import { openDatabase } from './open-database.js';
import { EmbeddedPostgres } from './postgres/embedded-postgres.js';
import { openTestDatabase, type TestDatabase } from './testing.js';

let opened: TestDatabase;

beforeAll(async () => {
  // As in the product: a commit that was acknowledged outlives a killed server.
  opened = await openTestDatabase(silentLogger(), false);
});
afterAll(async () => opened?.close());

const put = (slug: string) =>
  opened.database.asSystem('test', (tx) =>
    tx.organisation.create({ data: { slug, name: slug, sipDomain: `${slug}.test` } }),
  );

it('keeps its password for this user alone, and migrates once', async () => {
  expect(statSync(join(opened.dataDir, 'secrets', 'postgres-password')).mode & 0o777).toBe(0o600);
  expect(statSync(join(opened.dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(opened.migrated.length).toBeGreaterThan(1);
  expect(await migrate(opened.url, silentLogger())).toEqual([]);
});

it('adopts a server that is still running', async () => {
  const second = await EmbeddedPostgres.start({ dataDir: opened.dataDir, logger: silentLogger(), hasty: true });
  expect(second.url).toBe(opened.url);
  // Calls come before writing them down.
  expect(getPriority(second.pid)).toBeGreaterThan(getPriority());
});

it('starts a killed server again, says so meanwhile, and goes on with every row', async () => {
  await put('before');
  const second = await EmbeddedPostgres.start({ dataDir: opened.dataDir, logger: silentLogger(), hasty: true });
  process.kill(second.pid ?? 0, 'SIGKILL');
  await sleep(50);
  expect((await opened.database.check()).ok).toBe(false);
  await expect(put('meanwhile')).rejects.toMatchObject({ code: 'DATABASE.UNAVAILABLE' });
  for (let tries = 0; tries < 200 && !(await opened.database.check()).ok; tries++) await sleep(100);
  expect((await opened.database.check()).ok).toBe(true);
  await put('after');
  const slugs = await opened.database.asSystem('test', (tx) => tx.organisation.findMany({ select: { slug: true } }));
  expect(slugs.map(({ slug }) => slug)).toEqual(['before', 'after']);
  expect(getPriority(second.pid)).toBeGreaterThan(getPriority());
});

it('refuses an external database that is not there, in one sentence', async () => {
  const settings = {
    dataDir: opened.dataDir,
    databaseUrl: 'postgresql://nobody:x@127.0.0.1:13999/none',
    databasePort: undefined,
  };
  await expect(openDatabase(settings, silentLogger())).rejects.toMatchObject({ code: 'START.DATABASE_UNREACHABLE' });
  const wrong = { ...settings, databaseUrl: opened.url.replace(/:[^:@]+@/, ':wrong@') };
  await expect(openDatabase(wrong, silentLogger())).rejects.toMatchObject({ code: 'START.DATABASE_REFUSED' });
});

it('takes an external database, as a user without superuser rights', async () => {
  const own = await openTestDatabase();
  const admin = new pg.Client({ connectionString: own.url });
  await admin.connect();
  // As on a server of someone else's: no roles of ours there yet.
  await admin.query(`CREATE DATABASE empty`);
  await own.database.close();
  await admin.query('DROP OWNED BY carillon_app, carillon_system CASCADE');
  await admin.query('DROP ROLE carillon_app, carillon_system');
  await admin.query(`CREATE ROLE tenant LOGIN CREATEROLE PASSWORD 'tenant'`);
  await admin.query('ALTER DATABASE empty OWNER TO tenant');
  await admin.end();
  const databaseUrl = own.url.replace(/\/\/[^@]+@/, '//tenant:tenant@').replace(/\/carillon$/, '/empty');
  const external = await openDatabase({ dataDir: own.dataDir, databaseUrl, databasePort: undefined }, silentLogger());
  const { id } = await external.database.asSystem('test', (tx) =>
    tx.organisation.create({ data: { slug: 'x', name: 'X', sipDomain: 'x.test' } }),
  );
  expect(await external.database.forOrganisation(id, (tx) => tx.organisation.count())).toBe(1);
  expect(await external.database.forOrganisation(crypto.randomUUID(), (tx) => tx.organisation.count())).toBe(0);
  await external.close();
  await own.close();
});

it('stops in good order', async () => {
  const other = await openTestDatabase();
  const cluster = join(other.dataDir, 'postgres', 'postmaster.pid');
  expect(existsSync(cluster)).toBe(true);
  await other.close();
  expect(existsSync(cluster)).toBe(false);
});
