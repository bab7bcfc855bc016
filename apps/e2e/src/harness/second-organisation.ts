import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import pg from 'pg';
import type { Carillon } from './carillon.js';
import { Portal } from './portal.js';

const POSTMASTER_PORT_LINE = 3;

/** Writes another organisation with one admin into a running installation's database, and logs that admin in. */
export async function addOrganisation(carillon: Carillon, slug: string): Promise<Portal> {
  const postmaster = readFileSync(join(carillon.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(carillon.dataDir, 'secrets', 'postgres-password'), 'utf8').trim();
  const admin = { email: `admin@${slug}.example`, password: randomUUID() };
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(postmaster[POSTMASTER_PORT_LINE]),
    user: 'carillon',
    database: 'carillon',
    password,
  });
  await client.connect();
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
