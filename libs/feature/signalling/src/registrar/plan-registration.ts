import { parseUri, type Contact, type ContactAddress } from '@carillon/sip-message';
import type { Binding } from './binding.js';

export const REGISTRATION_TIMES = {
  /** Granted where the phone asks for nothing (RFC 3261 §10.2). */
  defaultSeconds: 3600,
  /** Shorter ones are refused with 423, except 0 (§10.3 item 7). */
  minimumSeconds: 30,
  maximumSeconds: 3600,
} as const;

/** Contacts of one device at most. */
export const MAX_CONTACTS = 10;

/** What a REGISTER of an authenticated device asks for. */
export interface RegistrationRequest {
  readonly contacts: readonly Contact[];
  /** How many Contact values there were, malformed ones included. */
  readonly contactValues: number;
  /** The Expires header, in seconds. */
  readonly expires: number | undefined;
  readonly callId: string;
  readonly cseq: number;
}

export interface PlannedContact {
  readonly contact: ContactAddress;
  readonly expiresSeconds: number;
}

export type RegistrationPlan =
  | { readonly ok: true; readonly keep: readonly PlannedContact[]; readonly remove: readonly Binding[] }
  | { readonly ok: false; readonly status: number; readonly reason: string; readonly minimumSeconds?: number };

/**
 * Works out what a REGISTER changes, all or nothing (RFC 3261 §10.3 items 6 and 7). Pure.
 * @param bindings the device's present ones
 */
export function planRegistration(request: RegistrationRequest, bindings: readonly Binding[]): RegistrationPlan {
  const { contacts } = request;
  if (contacts.length !== request.contactValues) return refuse(400, 'Malformed Contact');
  if (contacts.some((contact) => contact.wildcard)) return planWildcard(request, bindings);

  const keep: PlannedContact[] = [];
  const remove: Binding[] = [];
  for (const contact of contacts) {
    if (contact.wildcard) continue;
    const uri = parseUri(contact.uri);
    if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return refuse(400, 'Contact must be a SIP URI');
    const seconds = contact.expires ?? request.expires ?? REGISTRATION_TIMES.defaultSeconds;
    if (seconds > 0 && seconds < REGISTRATION_TIMES.minimumSeconds)
      return { ...refuse(423, 'Interval Too Brief'), minimumSeconds: REGISTRATION_TIMES.minimumSeconds };
    const old = bindings.find((binding) => isSameContact(binding.contactUri, contact.uri));
    if (old !== undefined && isOutOfOrder(request, old)) return refuse(500, 'REGISTER out of order');
    if (seconds > 0) keep.push({ contact, expiresSeconds: Math.min(seconds, REGISTRATION_TIMES.maximumSeconds) });
    else if (old !== undefined) remove.push(old);
  }
  const others = bindings.filter(
    (binding) =>
      !remove.includes(binding) && !keep.some(({ contact }) => isSameContact(binding.contactUri, contact.uri)),
  );
  if (keep.length > 0 && others.length + keep.length > MAX_CONTACTS) return refuse(403, 'Too many contacts');
  return { ok: true, keep, remove };
}

/** `Contact: *` must stand alone with Expires 0 (§10.2.2). */
function planWildcard(request: RegistrationRequest, bindings: readonly Binding[]): RegistrationPlan {
  if (request.contacts.length !== 1 || request.expires !== 0) return refuse(400, 'Wildcard needs Expires: 0 alone');
  if (bindings.some((binding) => isOutOfOrder(request, binding))) return refuse(500, 'REGISTER out of order');
  return { ok: true, keep: [], remove: bindings };
}

/** Within one Call-ID the CSeq counts up; an older one arrived late and must not undo what came after (§10.3 item 7). */
function isOutOfOrder(request: RegistrationRequest, binding: Binding): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq;
}

/** Near enough to RFC 3261 §19.1.4: the same text, or the same user, host, port and transport. */
export function isSameContact(one: string, other: string): boolean {
  if (one === other) return true;
  const a = parseUri(one);
  const b = parseUri(other);
  if ((a?.scheme !== 'sip' && a?.scheme !== 'sips') || a.scheme !== b?.scheme) return false;
  const transport = (uri: typeof a): string => uri.parameters.get('transport')?.toLowerCase() ?? '';
  return a.user === b.user && a.host === b.host && a.port === b.port && transport(a) === transport(b);
}

function refuse(status: number, reason: string): { ok: false; status: number; reason: string } {
  return { ok: false, status, reason };
}
