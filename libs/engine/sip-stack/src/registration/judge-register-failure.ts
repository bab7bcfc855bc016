import { parseDeltaSeconds, parseSipOrSipsUri } from '@carillon/sip-message';
import type { SipResponse } from '@carillon/sip-message';
import type { RequestFailure } from '../api/request-outcome.js';
import { retryAfterSeconds } from '../retry-after.js';

/** What to do after a failed REGISTER. */
export type RegisterRemedy =
  /** Interval Too Brief: ask for more (RFC 3261 §10.2.8). */
  | { readonly kind: 'longer'; readonly expiresSeconds: number }
  /** Moved (§8.1.3.4). */
  | { readonly kind: 'redirect'; readonly registrar: string }
  /** First Hop Lacks Outbound Support (RFC 5626 §11.6): register plainly. */
  | { readonly kind: 'plain' }
  /** Try later; at the slowest pace when a person has to change something first. */
  | { readonly kind: 'wait'; readonly atLeastSeconds: number; readonly slow: boolean };

/** Refusals that the same REGISTER meets again however often it is sent (RFC 3261 §21.4). */
const LASTING: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 407, 410, 416, 420, 484, 485, 501, 505, 604]);

/** Decides by the final response alone; challenges have been answered before, as far as credentials go. */
export function judgeRegisterFailure(failure: RequestFailure): RegisterRemedy {
  const { response } = failure;
  if (response === undefined) return { kind: 'wait', atLeastSeconds: 0, slow: false };
  if (response.status === 423) {
    const minimum = parseDeltaSeconds(response.header('Min-Expires') ?? '');
    if (minimum !== undefined && minimum > 0) return { kind: 'longer', expiresSeconds: minimum };
  }
  if (response.status === 439) return { kind: 'plain' };
  if (response.status === 301 || response.status === 302) {
    const registrar = bestContact(response);
    if (registrar !== undefined) return { kind: 'redirect', registrar };
  }
  return { kind: 'wait', atLeastSeconds: retryAfterSeconds(response), slow: LASTING.has(response.status) };
}

function bestContact(response: SipResponse): string | undefined {
  const contacts = response.contacts.flatMap((contact) => (contact.wildcard ? [] : [contact]));
  const usable = contacts.filter(({ uri }) => parseSipOrSipsUri(uri) !== undefined);
  return usable.toSorted((left, right) => right.q - left.q)[0]?.uri;
}
