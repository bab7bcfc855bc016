import { buildReason } from '@carillon/sip-message';
import type { HeaderLine, Reason } from '@carillon/sip-message';

/** Reason headers (RFC 3326). */
export function reasonLines(reasons: readonly Reason[]): HeaderLine[] {
  return reasons.map((reason): HeaderLine => ['Reason', buildReason(reason)]);
}

/** What an option gives: nothing, one or several. */
export function reasonsOf(reason: Reason | readonly Reason[] | undefined): readonly Reason[] {
  if (reason === undefined) return [];
  return 'protocol' in reason ? [reason] : reason;
}
