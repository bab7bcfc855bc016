import { parseDeltaSeconds } from '@carillon/sip-message';
import type { RequestFailure } from '../api/request-outcome.js';

/** Seconds that a 423 wants, when that is more than was asked for (RFC 6665 §4.1.2.2). */
export function minimumExpires(failure: RequestFailure, asked: number): number | undefined {
  if (failure.response?.status !== 423) return undefined;
  const minimum = parseDeltaSeconds(failure.response.header('Min-Expires') ?? '');
  return minimum !== undefined && minimum > asked ? minimum : undefined;
}
