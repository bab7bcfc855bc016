import { buildDate, parseUri, type SipRequest } from '@carillon/sip-message';
import type { HeaderFields, IncomingRequest, RequestSource } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import type { Binding } from '../registrar/binding.js';
import { planRegistration, type PlannedContact } from '../registrar/plan-registration.js';
import type { Registrar } from '../registrar/registrar.js';
import type { Authenticate, Refusal } from './authenticate.js';
import type { Caller } from './caller.js';

const RETRY_AFTER_SECONDS = { busy: '10', full: '60' } as const;

export interface RegisterParts {
  readonly authenticate: Authenticate;
  readonly registrar: Registrar;
  readonly clock: Clock;
}

/** RFC 3261 §10.3, in its order: who, whose address of record, what changes; then all of it, or nothing. */
export async function receiveRegister(parts: RegisterParts, incoming: IncomingRequest): Promise<void> {
  const { registrar } = parts;
  const { request } = incoming;
  const authentication = await parts.authenticate.check(incoming);
  if (!authentication.ok) {
    incoming.reply(authentication.status, authentication.options);
    return;
  }
  const { caller } = authentication;
  const refusal = screen(parts, caller, request);
  if (refusal !== undefined) {
    incoming.reply(refusal.status, refusal.options);
    return;
  }
  await registrar.oneByOne(caller.device.deviceId, () => register(parts, caller, incoming));
}

async function register({ registrar, clock }: RegisterParts, caller: Caller, incoming: IncomingRequest): Promise<void> {
  const { request, source } = incoming;
  const plan = planRegistration(
    {
      contacts: request.contacts,
      contactValues: request.values('Contact').length,
      expires: request.expires,
      callId: request.callId ?? '',
      cseq: request.cseq?.sequence ?? 0,
    },
    registrar.ofDevice(caller.device.deviceId),
  );
  if (!plan.ok) {
    const headers: HeaderFields =
      plan.minimumSeconds === undefined ? {} : { 'Min-Expires': String(plan.minimumSeconds) };
    incoming.reply(plan.status, { reason: plan.reason, headers });
    return;
  }
  const keep = plan.keep.map((contact) => bindingOf(caller, contact, { request, source, now: clock.now() }));
  if (keep.length > 0 || plan.remove.length > 0) {
    await registrar.change(caller.directory.organisationId, { keep, remove: plan.remove });
    if (source.protocol !== 'udp')
      for (const binding of keep) registrar.watchFlow(binding, (callback) => source.flow.onClosed(callback));
  }
  const now = clock.now();
  const contacts = registrar.ofDevice(caller.device.deviceId).map(({ contactUri, q, expiresAt }) => {
    const priority = q === 1 ? '' : `;q=${q}`;
    return `<${contactUri}>;expires=${Math.max(1, Math.round((expiresAt - now) / 1000))}${priority}`;
  });
  incoming.reply(200, { headers: { Contact: contacts, Date: buildDate(now) } });
}

/** A device registers itself and nobody else (§10.3 item 4), by its SIP user name or its user's number. */
function screen({ authenticate, registrar }: RegisterParts, caller: Caller, request: SipRequest): Refusal | undefined {
  if (!authenticate.isOwnHost(caller.directory, request.uriText)) return { status: 404 };
  const record = request.to === undefined ? undefined : parseUri(request.to.uri);
  const user = record?.scheme === 'sip' || record?.scheme === 'sips' ? record.user : undefined;
  if (user !== caller.device.sipUsername && user !== caller.user.extension) return { status: 403 };
  const limit = registrar.limitFor(caller.device.deviceId);
  if (limit === undefined) return undefined;
  return { status: 503, options: { headers: { 'Retry-After': RETRY_AFTER_SECONDS[limit] } } };
}

function bindingOf(
  caller: Caller,
  { contact, expiresSeconds }: PlannedContact,
  { request, source, now }: { request: SipRequest; source: RequestSource; now: number },
): Binding {
  const { device, directory } = caller;
  const host = source.address.includes(':') ? `[${source.address}]` : source.address;
  return {
    device: {
      organisationId: directory.organisationId,
      userId: device.userId,
      deviceId: device.deviceId,
      sipUsername: device.sipUsername,
      deviceName: device.name,
    },
    contactUri: contact.uri,
    protocol: source.protocol,
    source: `${host}:${source.port}`,
    flowId: source.flow.id,
    callId: request.callId ?? '',
    cseq: request.cseq?.sequence ?? 0,
    q: contact.q,
    userAgent: request.header('User-Agent')?.slice(0, 200) ?? null,
    registeredAt: now,
    expiresAt: now + expiresSeconds * 1000,
  };
}
