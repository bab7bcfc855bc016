import type { SipMessage } from '@carillon/sip-message';

const KINDS = ['header', 'session', 'user', 'none', 'critical', 'id', 'history'] as const;
type PrivacyKind = (typeof KINDS)[number];
/** What someone wants kept back (RFC 3323 §4.2, `id` RFC 3325 §9.3, `history` RFC 7044 §10.1). */
export type Privacy = ReadonlySet<PrivacyKind>;

export const NO_PRIVACY: Privacy = new Set();

export type PrivacyWish =
  | { readonly ok: true; readonly privacy: Privacy }
  /** `critical`, with something that we cannot do: the request fails (RFC 3323 §5). */
  | { readonly ok: false; readonly unknown: string };

/** Reads the Privacy header, values separated by `;`. Values that nobody knows count only where they are critical. */
export function readPrivacy(message: SipMessage): PrivacyWish {
  if (!message.has('Privacy')) return { ok: true, privacy: NO_PRIVACY };
  const words = message
    .headers('Privacy')
    .slice(0, 4)
    .flatMap((line) => line.slice(0, 256).toLowerCase().split(/[;,]/))
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const known = words.filter(isKind);
  const unknown = words.find((word) => !isKind(word));
  if (unknown !== undefined && known.includes('critical')) return { ok: false, unknown };
  // `none` asks that nothing be kept back, whatever else is there (§4.2).
  return { ok: true, privacy: new Set(known.includes('none') ? ['none'] : known) };
}

function isKind(word: string): word is PrivacyKind {
  return KINDS.some((kind) => kind === word);
}

/** Nobody may be told who it is. */
export function isAnonymous(privacy: Privacy): boolean {
  return privacy.has('id') || privacy.has('header') || privacy.has('user');
}

/** Headers that a user filled in by choice go too (RFC 3323 §5.3). */
export function hidesUser(privacy: Privacy): boolean {
  return isAnonymous(privacy);
}

/** Where a call has been before is kept back (RFC 7044 §10.1.2). */
export function hidesHistory(privacy: Privacy): boolean {
  return privacy.has('history') || privacy.has('header') || privacy.has('session');
}

/** For a trusted peer, which has to go on keeping it back. Session privacy is done: media is anchored here. */
export function buildPrivacy(privacy: Privacy): string | undefined {
  const left = [...privacy].filter((kind) => kind !== 'session' && kind !== 'critical');
  if (left.length === 0) return undefined;
  return [...left, ...(privacy.has('critical') ? ['critical'] : [])].join(';');
}
