import { z } from 'zod';

/**
 * How the media of an offer is protected: plain RTP, SRTP with keys in SDP (RFC 4568; a must, or where the other side
 * can: RFC 8643), or WebRTC (DTLS-SRTP over ICE).
 */
export const MediaEncryption = z.enum(['none', 'srtp', 'srtp-optional', 'dtls']);
export type MediaEncryption = z.infer<typeof MediaEncryption>;
