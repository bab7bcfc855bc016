import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import { parseContact } from '@carillon/sip-message';
import type { Binding, DeviceIdentity } from '../registrar/binding.js';
import { keptContact } from '../registrar/read-contact.js';

export function testDevice(rest: Partial<DeviceIdentity> = {}): DeviceIdentity {
  return {
    organisationId: newId(OrganisationId),
    userId: newId(UserId),
    deviceId: newId(DeviceId),
    sipUsername: 'alice',
    deviceName: 'Desk',
    ...rest,
  };
}

/** A binding as a phone's Contact makes it, over UDP. @param text e.g. `<sip:alice@10.0.0.7>;q=0.5` */
export function testBinding(text: string, rest: Partial<Binding> = {}): Binding {
  const contact = parseContact(text);
  if (contact === undefined || contact.wildcard) throw new Error(`No contact: ${text}`);
  return {
    device: testDevice(),
    key: contact.uri,
    ...keptContact(text, contact),
    protocol: 'udp',
    source: '10.0.0.7:5060',
    flowId: null,
    behindNat: false,
    path: [],
    instance: null,
    regId: null,
    gruuId: null,
    callId: 'c',
    cseq: 1,
    branchHash: 0,
    q: contact.q,
    allow: null,
    userAgent: null,
    createdAt: 0,
    registeredAt: 0,
    expiresAt: 3_600_000,
    ...rest,
  };
}
