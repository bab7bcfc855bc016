import type { HeaderLine } from '@carillon/sip-message';
import type { RedirectContact } from '../api/routed-request.js';

/** The answer of a redirect server (RFC 3261 §8.3): contacts, best first. Without any: 480. */
export function redirection(
  contacts: readonly RedirectContact[],
  status: 300 | 301 | 302 | 305,
): { status: number; headers: HeaderLine[] } {
  if (contacts.length === 0) return { status: 480, headers: [] };
  const ordered = contacts.toSorted((left, right) => (right.q ?? 1) - (left.q ?? 1));
  return { status, headers: ordered.map((contact): HeaderLine => ['Contact', contactValue(contact)]) };
}

function contactValue({ uri, q, expiresSeconds }: RedirectContact): string {
  const weight = q === undefined ? '' : `;q=${qvalue(q)}`;
  const expires = expiresSeconds === undefined ? '' : `;expires=${Math.max(0, Math.floor(expiresSeconds))}`;
  return `<${uri}>${weight}${expires}`;
}

/** 0–1 with at most three decimals (§25.1, qvalue). */
function qvalue(q: number): string {
  return String(Math.round(Math.min(1, Math.max(0, q)) * 1000) / 1000);
}
