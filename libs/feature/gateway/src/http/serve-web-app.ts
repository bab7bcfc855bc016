import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { Logger } from '@carillon/service-runtime';
import type { FastifyInstance } from 'fastify';
import { sendNotFound } from './send-not-found.js';

/** Where the web app is built to. */
export const WEB_APP_DIR = fileURLToPath(new URL('../../../../../apps/web/dist', import.meta.url));
/** The bundler puts a hash of the contents into the names of these. */
const HASHED = /^\/assets\//;
const NOT_PAGES = /^\/(api|health|metrics|realtime|sip)(\/|$)/;

/**
 * Serves the web app: its files, and `index.html` for every address that is a page of it. Hashed files are kept for a
 * year, everything else is asked for again each time.
 */
export async function serveWebApp(server: FastifyInstance, folder: string, logger: Logger): Promise<void> {
  const built = existsSync(join(folder, 'index.html'));
  if (!built) logger.warn({ folder }, 'The web app is not built: only the interfaces are served');
  await server.register(fastifyStatic, { root: folder, serve: false, ...(built ? {} : { suppressWarning: true }) });
  server.get('/*', { config: { access: 'public' } }, (request, reply) => {
    const [address = '/'] = request.url.split('?');
    const path = decodePath(address);
    if (!built || path === undefined || NOT_PAGES.test(path)) return sendNotFound(reply);
    const isFile = path.includes('.') && existsSync(join(folder, path)) && join(folder, path).startsWith(folder);
    if (!isFile && (HASHED.test(path) || /\.\w+$/.test(path))) return sendNotFound(reply);
    const cache = isFile && HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply.header('cache-control', cache).sendFile(isFile ? path : 'index.html', folder, { cacheControl: false });
  });
}

function decodePath(address: string): string | undefined {
  try {
    const path = decodeURIComponent(address);
    // Neither up the tree nor to hidden files.
    return path.includes('\0') || /(^|[\\/])\./.test(path) ? undefined : path;
  } catch {
    // A broken escape: no such file.
    return undefined;
  }
}
