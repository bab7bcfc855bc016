import type { MediaDescription, SessionDescription } from '../session-description.js';
import { cryptosOf, dtlsOf } from '../views/security.js';
import { PLAIN_RTP_PROTOCOLS } from './local-audio.js';

/**
 * Why nobody would be heard with an answer. `protocol`: the clear for what was offered encrypted, or the other way round
 * (RFC 3264 §6.1: the transport is the offer's). `no-keys`: encrypted, without a key for what was offered.
 */
export type ProtectionProblem = 'protocol' | 'no-keys';

/** A description, and one of its sections. */
export interface DescribedMedia {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
}

/**
 * Holds the protection of an answered stream against the offered one (RFC 4568 §5.1.3, §7.1.2; RFC 5763 §5). Keys beside
 * RTP/AVP may stay away (RFC 8643 §3.2), but what comes must be one of those that were offered. RTP/AVP and RTP/AVPF
 * differ by feedback alone and are alike here, and so are the names of secured RTP: older phones shorten them. With a key
 * that was offered both sides encrypt, whatever the profile is called: some phones turn RTP/AVP with keys into RTP/SAVP.
 */
export function protectionProblem(offer: DescribedMedia, answer: DescribedMedia): ProtectionProblem | undefined {
  const offered = cryptosOf(offer.media);
  const answered = cryptosOf(answer.media);
  const keyed = answered.some((key) => offered.some(({ tag, suite }) => tag === key.tag && suite === key.suite));
  if (keyed) return undefined;
  const offeredClear = PLAIN_RTP_PROTOCOLS.includes(offer.media.protocol);
  const answeredClear = PLAIN_RTP_PROTOCOLS.includes(answer.media.protocol);
  if (offeredClear !== answeredClear) return 'protocol';
  if (offeredClear && (offered.length === 0 || answered.length === 0)) return undefined;
  const byDtls = dtlsOf(offer.session, offer.media) !== undefined && dtlsOf(answer.session, answer.media) !== undefined;
  return byDtls ? undefined : 'no-keys';
}
