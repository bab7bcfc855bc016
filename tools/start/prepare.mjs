import { ensureDependencies } from './ensure-dependencies.mjs';

/**
 * Brings a fresh or updated checkout to where it can run. Each step looks first whether there is anything to do;
 * together they take less than a second when there is not.
 *
 * @param {{ web: boolean }} options `web`: build the web app, too
 * @returns {Promise<{ worker: string }>} the path of the mediasoup worker
 * @throws {Error} with a sentence for the person who waits
 */
export async function prepare({ web }) {
  await ensureDependencies();
  // Only now: the steps below may read installed packages.
  const [{ ensureWorker }, { ensurePrismaClient }, { ensureWebApp }] = await Promise.all([
    import('../mediasoup-worker/ensure-worker.mjs'),
    import('./ensure-prisma-client.mjs'),
    import('./ensure-web-app.mjs'),
  ]);
  const worker = await ensureWorker();
  await ensurePrismaClient();
  if (web) await ensureWebApp();
  return { worker };
}
