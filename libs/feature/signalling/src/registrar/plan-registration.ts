import {
  buildUri,
  outboundContact,
  parseRoute,
  parseUri,
  sameUri,
  type Contact,
  type ContactAddress,
  type SipUri,
} from '@carillon/sip-message';
import { plainForm } from '@carillon/sip-stack';
import type { Binding } from './binding.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** Octets of one Contact value at most: it is kept, and given back in every answer. */
const MAX_CONTACT_LENGTH = 1_500;
/** User part of temporary GRUUs (RFC 5627 §A.2): no phone may register one. */
const TEMPORARY_GRUU = /^tgruu\./i;

/** What a REGISTER of an authenticated device asks for. */
export interface RegistrationRequest {
  /** Contact values as they came. */
  readonly contactTexts: readonly string[];
  /** The same, parsed; malformed ones are left out. */
  readonly contacts: readonly Contact[];
  /** The Expires header, in seconds. */
  readonly expires: number | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** Of To. */
  readonly addressOfRecord: SipUri;
  readonly requestUri: SipUri;
  /** `Path` values, URIs with their brackets (RFC 3327). */
  readonly path: readonly string[];
  /** It came from the phone itself by UDP or TCP. */
  readonly inClear?: boolean;
  /** Whether reg-id counts (RFC 5626 §6): the first hop must know Outbound, and the phone must have said that it does. */
  readonly outbound: 'granted' | 'ignored' | 'first-hop-lacks';
}

export interface PlannedContact {
  readonly text: string;
  readonly contact: ContactAddress;
  readonly key: string;
  readonly expiresSeconds: number;
  readonly instance: string | null;
  readonly regId: number | null;
  /** What it takes the place of. */
  readonly replaces: Binding | undefined;
}

export interface RegistrationRefusal {
  readonly ok: false;
  readonly status: number;
  readonly reason: string;
  /** For Min-Expires. */
  readonly minimumSeconds?: number;
}

export type RegistrationPlan =
  | { readonly ok: true; readonly keep: readonly PlannedContact[]; readonly remove: readonly Binding[] }
  | RegistrationRefusal;

/**
 * Works out what a REGISTER changes, all or nothing (RFC 3261 §10.3 items 6 and 7, RFC 5626 §6, RFC 5627 §5.1). Pure.
 * @param bindings the device's present ones
 */
export function planRegistration(
  request: RegistrationRequest,
  bindings: readonly Binding[],
  policy: RegistrationPolicy,
): RegistrationPlan {
  const { contacts, contactTexts } = request;
  if (contacts.length !== contactTexts.length) return refuse(400, 'Malformed Contact');
  // It would lead nowhere whenever the phone is called.
  if (request.path.some((value) => parseRoute(value) === undefined)) return refuse(400, 'Malformed Path');
  if (contacts.some((contact) => contact.wildcard)) return planWildcard(request, bindings);

  // By key: of two values for the same binding, the last one counts.
  const keep = new Map<string, PlannedContact>();
  const remove = new Set<Binding>();
  for (const [index, contact] of contacts.entries()) {
    if (contact.wildcard) continue;
    const text = contactTexts[index] ?? '';
    const refusal = checkContact(request, contact, text);
    if (refusal !== undefined) return refusal;
    const seconds = contact.expires ?? request.expires ?? policy.defaultSeconds;
    if (seconds > 0 && seconds < policy.minimumSeconds)
      return { ...refuse(423, 'Interval Too Brief'), minimumSeconds: policy.minimumSeconds };
    const flow = flowOf(request, contact);
    const old = bindings.find((binding) =>
      flow.regId === null || binding.regId === null
        ? flow.regId === binding.regId && isSameContact(binding.contactUri, contact.uri)
        : binding.key === flow.key,
    );
    if (old !== undefined && isOutOfOrder(request, old)) return refuse(500, 'REGISTER out of order');
    const key = old?.regId === null ? old.key : flow.key;
    keep.delete(key);
    if (old !== undefined) remove.delete(old);
    if (seconds > 0) {
      const expiresSeconds = Math.min(seconds, policy.maximumSeconds);
      keep.set(key, { text, contact, ...flow, key: flow.key, expiresSeconds, replaces: old });
    } else if (old !== undefined) remove.add(old);
  }
  const kept = [...keep.values()];
  const flows = kept.filter(({ regId }) => regId !== null);
  if (flows.length > 0 && request.outbound === 'first-hop-lacks')
    return refuse(439, 'First Hop Lacks Outbound Support');
  if (flows.length > 0 && kept.length > 1) return refuse(400, 'One contact with reg-id at a time');
  const replaced = new Set(kept.map(({ replaces }) => replaces));
  const others = bindings.filter((binding) => !remove.has(binding) && !replaced.has(binding));
  if (kept.length > 0 && others.length + kept.length > policy.contactsPerDevice)
    return refuse(403, `More than ${policy.contactsPerDevice} contacts`);
  return { ok: true, keep: kept, remove: [...remove] };
}

/** `Contact: *` must stand alone with Expires 0 (§10.2.2). */
function planWildcard(request: RegistrationRequest, bindings: readonly Binding[]): RegistrationPlan {
  if (request.contacts.length !== 1 || request.expires !== 0) return refuse(400, 'Wildcard needs Expires: 0 alone');
  if (bindings.some((binding) => isOutOfOrder(request, binding))) return refuse(500, 'REGISTER out of order');
  // A copy: what is given may be the registrar's own list, which shrinks as they go.
  return { ok: true, keep: [], remove: [...bindings] };
}

function checkContact(
  { addressOfRecord, requestUri, path, inClear = false }: RegistrationRequest,
  contact: ContactAddress,
  text: string,
): RegistrationRefusal | undefined {
  if (Buffer.byteLength(text) > MAX_CONTACT_LENGTH) return refuse(400, 'Contact too long');
  const uri = parseUri(contact.uri);
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips')
    return refuse(contact.parameters.has('+sip.instance') ? 403 : 400, 'Contact must be a SIP URI');
  // RFC 5627 §5.1: what leads back to us is a loop. A public GRUU equals its address of record (§5.4).
  const own = { ...addressOfRecord, scheme: uri.scheme };
  const isTemporaryGruu = uri.host === own.host && TEMPORARY_GRUU.test(uri.user ?? '');
  if (sameUri(contact.uri, buildUri(own)) || isTemporaryGruu) return refuse(403, 'Contact is the address of record');
  // RFC 5630 §5.2
  const secure = requestUri.scheme === 'sips' && !inClear && path.every((hop) => /^<sips:/i.test(hop));
  if (uri.scheme === 'sips' && !secure) return refuse(400, 'A sips: contact needs sips: all the way');
  return undefined;
}

/** What tells the binding apart: where outbound is in use, the flow of an instance (RFC 5626 §6). */
function flowOf(
  request: RegistrationRequest,
  contact: ContactAddress,
): { key: string; instance: string | null; regId: number | null } {
  const { instance = null, regId } = outboundContact(contact.parameters);
  if (instance === null || regId === undefined || request.outbound === 'ignored')
    return { key: contact.uri, instance, regId: null };
  return { key: `${instance};reg-id=${regId}`, instance, regId };
}

/** Whether one of its contacts names a flow that counts. */
export function namesFlow(request: RegistrationRequest): boolean {
  return request.contacts.some((contact) => !contact.wildcard && flowOf(request, contact).regId !== null);
}

/** By either scheme: a phone that registers by the other one has changed its mind about TLS (RFC 5630 §5.1.1.1). */
function isSameContact(known: string, wanted: string): boolean {
  return sameUri(plainForm(known), plainForm(wanted));
}

/** Within one Call-ID the CSeq counts up; an older one arrived late and must not undo what came after (§10.3 item 7). */
function isOutOfOrder(request: RegistrationRequest, binding: Binding): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq;
}

function refuse(status: number, reason: string): RegistrationRefusal {
  return { ok: false, status, reason };
}
