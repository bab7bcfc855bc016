import { hash } from 'node:crypto';
import { buildQ } from '@carillon/sip-message';
import { buildXml, element, type XmlNode } from '../subscriptions/xml/build-xml.js';
import type { Binding } from './binding.js';
import type { BindingEvent } from './registrar.js';

export const REGINFO_TYPE = 'application/reginfo+xml';
const REGINFO = 'urn:ietf:params:xml:ns:reginfo';
/** RFC 5628 §4 */
const GRUUINFO = 'urn:ietf:params:xml:ns:gruuinfo';

/** Why a contact is as it is (RFC 3680 §5.1). */
type ContactEvent = 'registered' | 'created' | 'refreshed' | 'unregistered' | 'expired' | 'deactivated' | 'rejected';

const EVENTS: Readonly<Record<BindingEvent, ContactEvent>> = {
  added: 'registered',
  refreshed: 'refreshed',
  unregistered: 'unregistered',
  expired: 'expired',
  // The phone may not come back (§4.7.1.1), or may at once.
  removed: 'rejected',
  'flow-broken': 'deactivated',
};

export interface ReginfoContact {
  readonly binding: Binding;
  readonly event: BindingEvent;
  readonly publicGruu: string | undefined;
}

/** One address of record with what there is to tell of it. */
export interface ReginfoRegistration {
  readonly aor: string;
  /** The same as long as the address is. */
  readonly id: string;
  /** `init`: nothing was ever registered; `terminated`: not any more (RFC 3680 §3.1). */
  readonly state: 'init' | 'active' | 'terminated';
  readonly contacts: readonly ReginfoContact[];
}

export interface Reginfo {
  /** Counts up by one with each document of a subscription. */
  readonly version: number;
  readonly state: 'full' | 'partial';
  readonly registrations: readonly ReginfoRegistration[];
}

/** RFC 3680 §5, with the GRUUs of RFC 5628. @param now milliseconds */
export function buildReginfo({ version, state, registrations }: Reginfo, now: number): string {
  return buildXml(
    element(
      'reginfo',
      { xmlns: REGINFO, 'xmlns:gr': GRUUINFO, version: String(version), state },
      ...registrations.map(({ aor, id, state: is, contacts }) =>
        element('registration', { aor, id, state: is }, ...contacts.map((contact) => contactNode(contact, now))),
      ),
    ),
  );
}

function contactNode({ binding, event, publicGruu }: ReginfoContact, now: number): XmlNode {
  const isActive = event === 'added' || event === 'refreshed';
  const seconds = (ms: number): string => String(Math.max(0, Math.round(ms / 1000)));
  return element(
    'contact',
    {
      id: contactId(binding),
      state: isActive ? 'active' : 'terminated',
      event: EVENTS[event],
      expires: isActive ? seconds(binding.expiresAt - now) : undefined,
      'duration-registered': seconds(now - binding.createdAt),
      q: buildQ(binding.q),
      callid: binding.callId,
      cseq: String(binding.cseq),
    },
    element('uri', {}, binding.contactUri),
    binding.instance === null
      ? undefined
      : element('unknown-param', { name: '+sip.instance' }, `"<${binding.instance}>"`),
    binding.regId === null ? undefined : element('unknown-param', { name: 'reg-id' }, String(binding.regId)),
    publicGruu === undefined ? undefined : element('gr:pub-gruu', { uri: publicGruu }),
  );
}

/** Unique among all contacts, and tells nothing. */
function contactId({ device, key }: Binding): string {
  return hash('sha256', `${device.deviceId} ${key}`, 'hex').slice(0, 16);
}
