import type { OfferedEncryption } from '@carillon/contracts';
import type { Trunk } from './trunk.js';

type Encrypted = Pick<Trunk, 'mediaEncryption' | 'keysInClear' | 'transport'>;

/** Whether keys in SDP may go over a transport: TLS hides them; else an admin must have wanted it (RFC 4568 §7.3). */
export function mayCarryKeys({ keysInClear }: Pick<Trunk, 'keysInClear'>, transport: string): boolean {
  return transport === 'tls' || transport === 'wss' || keysInClear;
}

/**
 * How calls out are offered, one after the other where that is refused: RTP/SAVP, which whoever can will take, then keys
 * beside RTP/AVP (RFC 8643), which everybody else takes as the clear. Empty: there is no way to call over this trunk.
 */
export function offersOverTrunk(trunk: Encrypted): readonly OfferedEncryption[] {
  const keys = mayCarryKeys(trunk, trunk.transport);
  switch (trunk.mediaEncryption) {
    case 'none':
      return ['none'];
    case 'srtp-optional':
      return keys ? ['srtp', 'srtp-optional'] : ['none'];
    case 'srtp':
      return keys ? ['srtp'] : [];
  }
}

/** Our one offer to a call that came over a trunk without any. @param transport that it came over */
export function offerToTrunk(trunk: Encrypted, transport: string): OfferedEncryption {
  return mayCarryKeys(trunk, transport) ? trunk.mediaEncryption : 'none';
}

/** Whether sound in the clear is refused, in both directions. */
export function mustEncrypt(trunk: Pick<Trunk, 'mediaEncryption'> | undefined): boolean {
  return trunk?.mediaEncryption === 'srtp';
}
