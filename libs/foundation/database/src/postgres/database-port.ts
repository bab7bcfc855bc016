import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StartRefusal } from '@carillon/service-runtime';

const LOOPBACK = '127.0.0.1';

/** Binds and lets go again. @param port 0 for any @returns the port, or undefined where it is taken */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => settle(found));
    });
  });
}

function readSaved(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  } catch {
    // First start.
    return undefined;
  }
}

/**
 * The port for the embedded server: the one asked for, else the one used last, else a free one, which is remembered.
 * @throws {StartRefusal} `START.PORT_TAKEN` where the one asked for is in use
 */
export async function chooseDatabasePort(dataDir: string, asked: number | undefined): Promise<number> {
  const file = join(dataDir, 'postgres.port');
  if (asked !== undefined) {
    if ((await tryPort(asked)) === undefined)
      throw new StartRefusal(
        'START.PORT_TAKEN',
        `TCP port ${asked} on ${LOOPBACK} is already in use: free it or set CARILLON_DATABASE_PORT to another.`,
      );
    return asked;
  }
  const saved = readSaved(file);
  const port = (saved === undefined ? undefined : await tryPort(saved)) ?? (await tryPort(0));
  if (port === undefined) throw new StartRefusal('START.NO_PORT', `No TCP port is free on ${LOOPBACK}.`);
  writeFileSync(file, `${port}\n`);
  return port;
}
