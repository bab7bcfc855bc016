/** What a name of SDES stands for (RFC 4568 §6.2, RFC 6188 §2, RFC 7714 §14). Lengths are octets. */
export interface SrtpSuite {
  readonly name: string;
  readonly cipher: 'aes-cm' | 'aes-gcm';
  readonly keyLength: 16 | 32;
  readonly saltLength: 14 | 12;
  readonly rtpTagLength: 4 | 10 | 16;
  /** SRTCP keeps the long tag (RFC 4568 §6.2.2). */
  readonly rtcpTagLength: 10 | 16;
}

const cm = (name: string, keyLength: 16 | 32, rtpTagLength: 4 | 10): SrtpSuite => ({
  name,
  cipher: 'aes-cm',
  keyLength,
  saltLength: 14,
  rtpTagLength,
  rtcpTagLength: 10,
});
const gcm = (name: string, keyLength: 16 | 32): SrtpSuite => ({
  name,
  cipher: 'aes-gcm',
  keyLength,
  saltLength: 12,
  rtpTagLength: 16,
  rtcpTagLength: 16,
});

/** In our order of preference: what every phone knows comes first, since one suite is enough to talk. */
export const SRTP_SUITES: readonly SrtpSuite[] = [
  cm('AES_CM_128_HMAC_SHA1_80', 16, 10),
  gcm('AEAD_AES_256_GCM', 32),
  gcm('AEAD_AES_128_GCM', 16),
  cm('AES_256_CM_HMAC_SHA1_80', 32, 10),
  cm('AES_CM_128_HMAC_SHA1_32', 16, 4),
  cm('AES_256_CM_HMAC_SHA1_32', 32, 4),
];

export function srtpSuite(name: string): SrtpSuite | undefined {
  return SRTP_SUITES.find((suite) => suite.name === name);
}
