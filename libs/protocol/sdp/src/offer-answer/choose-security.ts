import type { MediaDescription, SessionDescription } from '../session-description.js';
import { hasAttribute } from '../views/attributes.js';
import { isDisabled, transportSectionOf } from '../views/groups.js';
import { iceOf, type IceParameters } from '../views/ice.js';
import { mediaAddressesOf } from '../views/media-transport.js';
import { rtpFormatsOf } from '../views/rtp-formats.js';
import { chooseCrypto, dtlsOf, type CryptoAttribute, type DtlsParameters } from '../views/security.js';
import type { SdesSuite } from '../views/sdes.js';
import { PLAIN_RTP_PROTOCOLS, type AudioCodec } from './local-audio.js';
import { matchCodecs, type CodecMatch } from './match-codecs.js';

/** What we can do. */
export interface SecurityAbilities {
  readonly codecs: readonly AudioCodec[];
  /** Suites of SDES (RFC 4568 §6.2) that we can do. */
  readonly suites: readonly SdesSuite[];
  /** Whether DTLS-SRTP can be done. */
  readonly dtls: boolean;
}

/** How an offered stream is protected. */
export type ChosenSecurity =
  | { readonly kind: 'none' }
  | { readonly kind: 'sdes'; readonly crypto: CryptoAttribute }
  | { readonly kind: 'dtls'; readonly dtls: DtlsParameters; readonly ice: IceParameters | undefined };

/**
 * Why none of the audio can be taken: `no-audio`, `no-codec`, `no-address` (no `c=` says where it goes), or about its
 * transport: `no-protocol` (neither RTP nor SRTP) and `no-keys` (SRTP without keys that we understand).
 */
export type SecurityProblem = 'no-audio' | 'no-codec' | 'no-address' | 'no-protocol' | 'no-keys';

/** A section to take, with what both can do in it, best first. */
export interface SecuredAudio {
  readonly index: number;
  readonly security: ChosenSecurity;
  readonly codecs: readonly CodecMatch[];
}

export type SecurityChoice =
  ({ readonly ok: true } & SecuredAudio) | { readonly ok: false; readonly problem: SecurityProblem };

const SECURE_PROTOCOLS: readonly string[] = ['RTP/SAVP', 'RTP/SAVPF'];
const DTLS_PROTOCOLS: readonly string[] = ['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP'];
const STRENGTH = { dtls: 2, sdes: 1, none: 0 } as const;

/**
 * Which audio section of an offer to take, and how it is protected: the best protected one of those with a codec of
 * ours. Keys beside RTP/AVP are an offer to encrypt where the answerer can (OSRTP, RFC 8643 §3); beside RTP/SAVP they
 * are a must. DTLS-SRTP (RFC 5763) is taken with ICE where the other side does checks and has RTCP on the same port,
 * else without: who is answered without ICE does none (RFC 8839 §4.2.5).
 */
export function chooseSecurity(offer: SessionDescription, abilities: SecurityAbilities): SecurityChoice {
  let best: SecuredAudio | undefined;
  let problem: SecurityProblem = 'no-audio';
  for (const [index, media] of offer.media.entries()) {
    if (media.type !== 'audio' || isDisabled(offer, media)) continue;
    const security = securityOf(offer, media, abilities);
    if (typeof security === 'string') {
      problem = security;
      continue;
    }
    const codecs = matchCodecs(rtpFormatsOf(media), abilities.codecs);
    if (codecs.length === 0) problem = 'no-codec';
    else if (best === undefined || STRENGTH[security.kind] > STRENGTH[best.security.kind])
      best = { index, security, codecs };
  }
  return best === undefined
    ? { ok: false, problem }
    : { ok: true, index: best.index, security: best.security, codecs: best.codecs };
}

function securityOf(
  offer: SessionDescription,
  media: MediaDescription,
  { suites, dtls: canDtls }: SecurityAbilities,
): ChosenSecurity | SecurityProblem {
  const plain = PLAIN_RTP_PROTOCOLS.includes(media.protocol);
  const overDtls = DTLS_PROTOCOLS.includes(media.protocol);
  if (!plain && !overDtls && !SECURE_PROTOCOLS.includes(media.protocol)) return 'no-protocol';
  const transport = transportSectionOf(offer, media);
  if (mediaAddressesOf(offer, media.port === 0 ? transport : media) === undefined) return 'no-address';
  const dtls = canDtls ? dtlsOf(offer, transport) : undefined;
  const ice = iceOf(offer, transport);
  const rtcpMux = hasAttribute(media, 'rtcp-mux') || hasAttribute(transport, 'rtcp-mux');
  if (dtls !== undefined && ice !== undefined && !ice.lite && rtcpMux) return { kind: 'dtls', dtls, ice };
  if (dtls !== undefined && overDtls) return { kind: 'dtls', dtls, ice: undefined };
  const crypto = overDtls ? undefined : chooseCrypto(media, suites);
  if (crypto !== undefined) return { kind: 'sdes', crypto };
  if (plain) return { kind: 'none' };
  return dtls === undefined ? 'no-keys' : { kind: 'dtls', dtls, ice: undefined };
}
