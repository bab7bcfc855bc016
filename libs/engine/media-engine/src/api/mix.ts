/** A room's mixer. Internally 16 kHz mono. */
export interface OpenMixRequest {
  mixId?: string;
  /** Worker affinity, see `OpenEndpointRequest.group`. Defaults to the mix id. */
  group?: string;
  maxMembers?: number;
}

/**
 * A member of a mix.
 * - `endpoint`: a phone; is heard and hears everybody but itself.
 * - `receiver`: RTP of the SFU (one browser participant); is heard, hears nothing through us.
 */
export type MixMember =
  | { kind: 'endpoint'; memberId: string; endpointId: string }
  | { kind: 'receiver'; memberId: string; receiverId: string };

export interface MemberLevel {
  memberId: string;
  /** RFC 6464 style: 0 is full scale, -127 silence. */
  levelDbov: number;
  speaking: boolean;
}
