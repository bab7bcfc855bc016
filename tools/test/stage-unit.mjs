import { runVitest } from './run-vitest.mjs';

const TIMEOUT_MS = 15 * 60_000;

/** Specs of one file each, the web app's components included. */
export const unit = ({ worker }) => runVitest(['unit', 'web'], { worker, timeoutMs: TIMEOUT_MS });
