import type { OfferedEncryption } from '@carillon/contracts';
import { profileOf, type DeviceProfile } from '@carillon/domain';
import { offersOverTrunk } from '../../trunks/trunk-encryption.js';
import type { LegWay } from './leg-way.js';

/**
 * How the media is offered, and how again where that is refused with 488, or answered in a way that nobody would hear.
 * What the phone's profile says is said once; a trunk says for itself.
 * Else what registered over WebSocket gets WebRTC, since a browser takes nothing else (RFC 8827 §6.5); keys go along where TLS hides them, for phones
 * that can use them (RFC 8643); and a phone that takes no plain RTP is asked with SRTP, its keys in SDP or by DTLS.
 */
export function encryptionsToTry(way: LegWay, profiles: readonly DeviceProfile[]): readonly OfferedEncryption[] {
  if (way.kind === 'trunk') return offersOverTrunk(way.trunk);
  const { userAgent, protocol } = way.binding;
  const { mediaEncryption } = profileOf({ userAgent, protocol }, profiles).quirks;
  const overWebSocket = protocol === 'ws' || protocol === 'wss';
  if (mediaEncryption === 'dtls') return [overWebSocket ? 'dtls' : 'dtls-without-ice'];
  if (mediaEncryption !== 'auto') return [mediaEncryption];
  switch (protocol) {
    case 'ws':
    case 'wss':
      return ['dtls', 'none'];
    case 'tls':
      return ['srtp-optional', 'srtp', 'dtls-without-ice'];
    case 'udp':
    case 'tcp':
      return ['none', 'srtp', 'dtls-without-ice'];
  }
}
