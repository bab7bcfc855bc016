// Puts an organisation with many phones into a data directory, before the system starts with it:
//   node … seed-devices.ts <data directory> <phones>
// Phone n is `u000000n`, its password `pw-` and its name.
import process from 'node:process';
import { openDatabase } from '@carillon/database';
import { silentLogger } from '@carillon/service-runtime';

const DOMAIN = 'bench.local';
const [dataDir = '', count = '0'] = process.argv.slice(2);
const { database, close } = await openDatabase(
  { dataDir, databaseUrl: undefined, databasePort: undefined },
  silentLogger(),
);
await database.asSystem('phones of the benchmark', async (tx) => {
  const { id } = await tx.organisation.create({ data: { slug: 'bench', name: 'Bench', sipDomain: DOMAIN } });
  await tx.$executeRaw`
    INSERT INTO "user" (id, organisation_id, email, display_name, password_hash)
    SELECT gen_random_uuid(), ${id}::uuid, name || '@' || ${DOMAIN}, name, '-'
    FROM (SELECT 'u' || lpad(n::text, 7, '0') AS name FROM generate_series(1, ${Number(count)}::int) AS n) AS one`;
  await tx.$executeRaw`
    INSERT INTO device (id, organisation_id, user_id, name, sip_username, ha1_md5, ha1_sha256)
    SELECT gen_random_uuid(), ${id}::uuid, id, 'Desk', display_name, md5(secret), encode(sha256(convert_to(secret, 'UTF8')), 'hex')
    FROM (
      SELECT id, display_name, display_name || ':' || ${DOMAIN} || ':pw-' || display_name AS secret
      FROM "user" WHERE organisation_id = ${id}::uuid
    ) AS one`;
});
await close();
