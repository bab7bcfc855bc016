import { z } from 'zod';

/**
 * How the media of an offer is protected: plain RTP, SRTP with keys in SDP (RFC 4568; a must, or where the other side
 * can: RFC 8643), or DTLS-SRTP: for browsers WebRTC, which is over ICE, for desk phones without ICE (RFC 5763).
 */
export const MediaEncryption = z.enum(['none', 'srtp', 'srtp-optional', 'dtls']);
export type MediaEncryption = z.infer<typeof MediaEncryption>;
