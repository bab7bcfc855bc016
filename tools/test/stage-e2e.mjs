import { addCounts } from './counts.mjs';
import { runVitest } from './run-vitest.mjs';
import { ensureTestClients } from './test-clients.mjs';

const TIMEOUT_MS = 55 * 60_000;

/** The whole product, used by other people's clients. */
export async function e2e({ worker }) {
  const missing = await ensureTestClients();
  const counts = await runVitest(['e2e'], { worker, timeoutMs: TIMEOUT_MS });
  const notes = missing.map(({ program, needed, reason }) => `${program} (${needed}) is missing: ${reason}`);
  return addCounts(counts, { passed: 0, failed: 0, skipped: 0, notes });
}
