import { ownText, parseSipOrSipsUri, type SipRequest, type SipUri } from '@carillon/sip-message';
import { hostPort, type IncomingRequest, type RequestSource } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import { allowedMethods } from '../registrar/allowed-methods.js';
import type { Binding, DeviceIdentity } from '../registrar/binding.js';
import type { BindingPings } from '../registrar/binding-pings.js';
import type { DateText } from '../registrar/date-text.js';
import { newGruuId } from '../registrar/gruu.js';
import { hashBranch, matchRefresh } from '../registrar/match-refresh.js';
import {
  namesFlow,
  planRegistration,
  type PlannedContact,
  type RegistrationRequest,
} from '../registrar/plan-registration.js';
import { keptContact, readContacts } from '../registrar/read-contact.js';
import { registerAnswer, type AnsweredFlow } from '../registrar/register-answer.js';
import { extensionsOf, outboundOf, type Extensions } from '../registrar/register-extensions.js';
import type { Registrar } from '../registrar/registrar.js';
import { watchBinding } from '../registrar/watch-binding.js';
import { cameInClear } from './came-in-clear.js';
import type { Authenticate, Refusal, RegisterAuthentication } from './authenticate.js';
import type { Caller } from './caller.js';

const REFUSED_FOR = {
  busy: { reason: 'Too many registrations at once', headers: { 'Retry-After': '10' } },
  full: { reason: 'Too many registrations', headers: { 'Retry-After': '60' } },
} as const;

export interface RegisterParts {
  readonly authenticate: Authenticate;
  readonly registrar: Registrar;
  readonly clock: Clock;
  readonly dates: DateText;
  readonly pings: BindingPings;
}

/** A REGISTER of a known phone for its own address of record. */
interface Arrival {
  readonly incoming: IncomingRequest;
  readonly caller: Caller;
  readonly addressOfRecord: SipUri;
  readonly extensions: Extensions;
}

/**
 * RFC 3261 §10.3, in its order: who, whose address of record, what changes; then all of it, or nothing. What only renews
 * a binding is answered at once, without a promise or the database.
 */
export function receiveRegister(parts: RegisterParts, incoming: IncomingRequest): void | Promise<void> {
  const addressOfRecord = parseSipOrSipsUri(incoming.request.to?.uri ?? '');
  const authentication = parts.authenticate.checkRegister(incoming, addressOfRecord);
  if (authentication instanceof Promise)
    return authentication.then((late) => proceed(parts, incoming, { authentication: late, addressOfRecord }));
  return proceed(parts, incoming, { authentication, addressOfRecord });
}

function proceed(
  parts: RegisterParts,
  incoming: IncomingRequest,
  { authentication, addressOfRecord }: { authentication: RegisterAuthentication; addressOfRecord: SipUri | undefined },
): void | Promise<void> {
  if (!authentication.ok) {
    incoming.reply(authentication.status, authentication.options);
    return undefined;
  }
  const { registrar } = parts;
  const { caller, repeated } = authentication;
  const { request } = incoming;
  const refusal = screen(parts, caller, request, addressOfRecord);
  if (refusal !== undefined || addressOfRecord === undefined) {
    incoming.reply(refusal?.status ?? 400, refusal?.options);
    return undefined;
  }
  const arrival: Arrival = { incoming, caller, addressOfRecord, extensions: extensionsOf(request) };
  const { deviceId } = caller.device;
  if (!registrar.isChanging(deviceId)) {
    const now = parts.clock.now();
    const { registration: policy } = caller.directory;
    const facts = { flowId: incoming.source.flow.id, policy, extensions: arrival.extensions, now };
    const match = matchRefresh(request, registrar.ofDevice(deviceId), facts);
    if (match.kind === 'refresh' && !repeated) registrar.refresh(match.binding, match.times);
    if (match.kind === 'repeated' || (match.kind === 'refresh' && !repeated)) {
      const isFlow = match.binding.regId !== null;
      answer(parts, arrival, { once: true, flow: isFlow ? flowBy(match.binding.path) : 'none' });
      return undefined;
    }
  }
  // Right credentials that were used before, for something else than the request they came with.
  if (repeated) {
    incoming.reply(401, parts.authenticate.challengeAgain(incoming, caller.directory).options);
    return undefined;
  }
  const limit = registrar.limitFor(deviceId);
  if (limit === undefined) return registrar.oneByOne(deviceId, () => register(parts, arrival));
  incoming.reply(503, REFUSED_FOR[limit]);
  return undefined;
}

async function register(parts: RegisterParts, arrival: Arrival): Promise<void> {
  const { registrar, clock } = parts;
  const { incoming, caller, addressOfRecord, extensions } = arrival;
  const { request, source } = incoming;
  const { registration: policy } = caller.directory;
  const path = request.values('Path');
  if (path.length > 0 && !extensions.path && policy.unaskedPath === 'refuse') {
    incoming.reply(420, { headers: { Unsupported: 'path' } });
    return;
  }
  const present = registrar.ofDevice(caller.device.deviceId);
  const wanted: RegistrationRequest = {
    ...readContacts(request),
    expires: request.expires,
    callId: request.callId ?? '',
    cseq: request.cseq?.sequence ?? 0,
    addressOfRecord,
    requestUri: parseSipOrSipsUri(request.uriText) ?? addressOfRecord,
    path,
    inClear: path.length === 0 && cameInClear(incoming),
    outbound: outboundOf(request, path, extensions),
  };
  const plan = planRegistration(wanted, present, policy);
  if (!plan.ok) {
    const { status, reason, minimumSeconds } = plan;
    incoming.reply(status, {
      reason,
      headers: minimumSeconds === undefined ? {} : { 'Min-Expires': String(minimumSeconds) },
    });
    return;
  }
  const now = clock.now();
  const keep = plan.keep.map((planned) => ({
    binding: bindingOf(arrival, planned, { path, now, present }),
    replaces: planned.replaces,
  }));
  if (keep.length > 0 || plan.remove.length > 0) {
    await registrar.change(caller.directory.organisationId, { keep, remove: plan.remove });
    for (const { binding } of keep)
      watchBinding(parts, binding, { flow: source.flow, expectKeepAlive: extensions.outbound, policy });
  }
  answer(parts, arrival, {
    // Told from its repetition by the binding that it made.
    once: keep.length === 1 && plan.remove.length === 0,
    flow: namesFlow(wanted) ? flowBy(path) : 'none',
  });
}

function answer(
  { registrar, clock, dates }: RegisterParts,
  { incoming, caller, addressOfRecord, extensions }: Arrival,
  { once, flow }: { once: boolean; flow: AnsweredFlow },
): void {
  const now = clock.now();
  const { directory, device } = caller;
  const headers = registerAnswer({
    bindings: registrar.ofDevice(device.deviceId),
    address: { user: addressOfRecord.user, host: directory.sipDomain },
    extensions,
    policy: directory.registration,
    seal: () => directory.gruuSeal,
    path: incoming.request.has('Path') ? incoming.request.values('Path') : [],
    flow,
    date: dates.at(now),
    now,
  });
  incoming.reply(200, { headers, once });
}

function flowBy(path: readonly string[]): AnsweredFlow {
  return path.length === 0 ? 'direct' : 'by-edge';
}

/** A device registers itself and nobody else (§10.3 item 4), by its SIP user name or its user's number. */
function screen(
  { authenticate }: RegisterParts,
  caller: Caller,
  request: SipRequest,
  record: SipUri | undefined,
): Refusal | undefined {
  const { uri } = request;
  const isSip = uri?.scheme === 'sip' || uri?.scheme === 'sips';
  if (!authenticate.isOwn(caller.directory, isSip ? uri.host : undefined))
    return { status: 404, options: { reason: 'Unknown domain' } };
  const user = record?.user;
  const isOwn = user === caller.device.sipUsername || user === caller.user.extension;
  return isOwn ? undefined : { status: 403, options: { reason: 'Not an address of this account' } };
}

function bindingOf(
  { incoming, caller, extensions }: Arrival,
  { text, contact, key, expiresSeconds, instance, regId, replaces }: PlannedContact,
  { path, now, present }: { path: readonly string[]; now: number; present: readonly Binding[] },
): Binding {
  const { request, source } = incoming;
  const callId = ownText(request.callId ?? '');
  const kept = keptContact(text, contact);
  return {
    device: present[0]?.device ?? identityOf(caller),
    key,
    ...kept,
    protocol: source.protocol,
    source: hostPort(source.address, source.port),
    flowId: source.flow.id,
    behindNat: path.length === 0 && isBehindNat(kept.contactUri, source),
    path,
    instance,
    regId,
    gruuId: extensions.gruu && instance !== null ? gruuIdFor(instance, callId, present) : null,
    callId,
    cseq: request.cseq?.sequence ?? 0,
    branchHash: hashBranch(request),
    q: contact.q,
    allow: allowedMethods(request),
    userAgent: request.header('User-Agent')?.slice(0, 200) ?? null,
    createdAt: replaces?.createdAt ?? now,
    registeredAt: now,
    expiresAt: now + expiresSeconds * 1000,
  };
}

function identityOf({ device, directory }: Caller): DeviceIdentity {
  return {
    organisationId: directory.organisationId,
    userId: device.userId,
    deviceId: device.deviceId,
    sipUsername: device.sipUsername,
    deviceName: device.name,
  };
}

/** The instance's own, as long as its Call-ID stays: a new one means that the phone has started anew (RFC 5627 §5.1). */
function gruuIdFor(instance: string, callId: string, present: readonly Binding[]): string {
  const [newest] = present
    .filter((binding) => binding.instance === instance && binding.gruuId !== null)
    .sort((a, b) => b.registeredAt - a.registeredAt);
  return newest?.callId === callId ? (newest.gruuId ?? newGruuId()) : newGruuId();
}

/** Where the phone believes to be is not where it is seen from. */
function isBehindNat(contactUri: string, source: RequestSource): boolean {
  const uri = parseSipOrSipsUri(contactUri);
  return uri?.host !== source.address || (source.protocol === 'udp' && (uri.port ?? 5060) !== source.port);
}
