import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Carillon } from './carillon.js';

const POSTMASTER_PORT_LINE = 3;

/** Into a running installation's embedded database, with every right. The caller ends it. */
export async function connectDatabase(carillon: Carillon): Promise<pg.Client> {
  const postmaster = readFileSync(join(carillon.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(carillon.dataDir, 'secrets', 'postgres-password'), 'utf8').trim();
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(postmaster[POSTMASTER_PORT_LINE]),
    user: 'carillon',
    database: 'carillon',
    password,
  });
  await client.connect();
  return client;
}
