import { randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Carillon } from './carillon.js';
import { connectDatabase } from './connect-database.js';
import { Portal } from './portal.js';

/** Writes another organisation with one admin into a running installation's database, and logs that admin in. */
export async function addOrganisation(carillon: Carillon): Promise<Portal> {
  // Another one each time that a test is tried.
  const slug = `elsewhere-${randomUUID().slice(0, 8)}`;
  const admin = { email: `admin@${slug}.example`, password: randomUUID() };
  const client = await connectDatabase(carillon);
  try {
    const [organisationId, userId] = [randomUUID(), randomUUID()];
    const domain = `${slug}.example`;
    await client.query('INSERT INTO organisation (id, slug, name, sip_domain) VALUES ($1, $2, $2, $3)', [
      organisationId,
      slug,
      domain,
    ]);
    await client.query(
      `INSERT INTO "user" (id, organisation_id, email, display_name, role, password_hash)
       VALUES ($1, $2, $3, $4, 'admin', $5)`,
      [userId, organisationId, admin.email, `Admin of ${slug}`, await hash(admin.password)],
    );
  } finally {
    await client.end();
  }
  return Portal.login(carillon.httpUrl, admin.email, admin.password);
}
