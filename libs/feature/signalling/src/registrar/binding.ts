import type { Registration } from '@carillon/contracts';
import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { TransportProtocol } from '@carillon/sip-stack';

/** Whose registration it is. One object for all bindings of a device. */
export interface DeviceIdentity {
  readonly organisationId: OrganisationId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sipUsername: string;
  readonly deviceName: string;
}

/** What a refresh moves on; everything else of a binding stays as it was registered. */
export interface RegisteredTimes {
  readonly callId: string;
  readonly cseq: number;
  /** Of the branch of the last REGISTER's Via: tells a repeated request from a late one. */
  readonly branchHash: number;
  /** When the last REGISTER came; times are in milliseconds. */
  readonly registeredAt: number;
  readonly expiresAt: number;
}

/** A registered contact of a device (RFC 3261 §10). */
export interface Binding extends RegisteredTimes {
  readonly device: DeviceIdentity;
  /** Tells the binding from the device's others: its contact, or instance and reg-id (RFC 5626 §6). */
  readonly key: string;
  /** The Contact value as it came: the same again asks for the same binding. */
  readonly contactText: string;
  readonly contactUri: string;
  /** Of the Contact, given back in every answer: all but `expires`, `q` and GRUUs, e.g. `;+sip.instance="<urn:uuid:…>"`. */
  readonly contactParameters: string;
  /** `expires` of the Contact, seconds. */
  readonly contactExpires: number | undefined;
  /** 0 to 1. */
  readonly q: number;
  /** `+sip.instance`, angle brackets taken off (RFC 5626 §4.1). */
  readonly instance: string | null;
  /** The flow's number at its instance, where outbound was agreed (RFC 5626 §6). */
  readonly regId: number | null;
  /** Route to the phone (RFC 3327): URIs with their brackets, as they are put into Route. */
  readonly path: readonly string[];
  /** What the temporary GRUUs of the instance lead to (RFC 5627); null where the phone knows none. */
  readonly gruuId: string | null;
  readonly protocol: TransportProtocol;
  /** `address:port` that the REGISTER came from: through a NAT, the only way back. */
  readonly source: string;
  /** The flow that it came over (RFC 5626), as long as this process lives. */
  readonly flowId: string | null;
  /** The phone's own idea of its address differs from what we see: a NAT is between us. */
  readonly behindNat: boolean;
  /** Methods of its Allow, e.g. `INVITE,ACK,MESSAGE`; null where it had none. */
  readonly allow: string | null;
  readonly userAgent: string | null;
  /** When the contact was first registered. */
  readonly createdAt: number;
}

export type RemovalReason = 'unregistered' | 'expired' | 'removed' | 'flow-broken';

export function registrationOf(binding: Binding): Registration {
  const { device, contactUri, source, protocol, userAgent } = binding;
  return {
    organisationId: device.organisationId,
    userId: device.userId,
    deviceId: device.deviceId,
    sipUsername: device.sipUsername,
    deviceName: device.deviceName,
    contact: contactUri,
    source,
    protocol,
    userAgent,
    registeredAt: new Date(binding.registeredAt).toISOString(),
    expiresAt: new Date(binding.expiresAt).toISOString(),
  };
}
