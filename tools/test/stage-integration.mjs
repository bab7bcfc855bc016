import { runVitest } from './run-vitest.mjs';

const TIMEOUT_MS = 15 * 60_000;

/** Specs that use real sockets, processes and databases. */
export const integration = ({ worker }) => runVitest(['integration'], { worker, timeoutMs: TIMEOUT_MS });
