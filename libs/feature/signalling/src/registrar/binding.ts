import type { Registration } from '@carillon/contracts';
import type { DeviceId, OrganisationId, UserId } from '@carillon/domain';
import type { TransportProtocol } from '@carillon/sip-stack';

/** Whose registration it is. */
export interface DeviceIdentity {
  readonly organisationId: OrganisationId;
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly sipUsername: string;
  readonly deviceName: string;
}

/** A registered contact of a device (RFC 3261 §10). Times in milliseconds. */
export interface Binding {
  readonly device: DeviceIdentity;
  readonly contactUri: string;
  readonly protocol: TransportProtocol;
  /** `address:port` that the REGISTER came from: through a NAT, the only way back. */
  readonly source: string;
  /** The flow that it came over (RFC 5626), as long as this process lives. */
  readonly flowId: string | null;
  readonly callId: string;
  readonly cseq: number;
  /** 0 to 1. */
  readonly q: number;
  readonly userAgent: string | null;
  readonly registeredAt: number;
  readonly expiresAt: number;
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
