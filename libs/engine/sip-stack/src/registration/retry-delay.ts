import type { RegistrationRetry } from '../api/registration.js';

/** RFC 5626 §4.5, with the only flow failed. */
export const DEFAULT_RETRY: RegistrationRetry = { baseSeconds: 30, maximumSeconds: 1800 };

/**
 * Seconds to wait after a failure (RFC 5626 §4.5): `min(max, base × 2^failures)`, of which 50–100 %.
 * @param failures in a row, this one included
 * @param chance uniform in [0, 1)
 */
export function retryDelaySeconds(retry: RegistrationRetry, failures: number, chance: number): number {
  const bound = Math.min(retry.maximumSeconds, retry.baseSeconds * 2 ** Math.min(failures, 32));
  return bound * (0.5 + chance / 2);
}

/** Whoever grants less is not asked any more often. */
const LEAST_REFRESH_SECONDS = 5;

/** Seconds after which to refresh: ten minutes before a long time runs out, half-way through a short one (3GPP TS 24.229 §5.1.1.4.1). */
export function refreshDelaySeconds(expiresSeconds: number): number {
  return expiresSeconds > 1200 ? expiresSeconds - 600 : Math.max(LEAST_REFRESH_SECONDS, expiresSeconds / 2);
}
