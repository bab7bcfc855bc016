/* oxlint-disable typescript/no-non-null-assertion -- Lengths are checked before octets are read; a fallback would hide a missing check. */
/** What a datagram on a media port is, by its first octets (RFC 7983 §7; RFC 5761 §4 for RTP against RTCP). */
export type DatagramKind = 'rtp' | 'rtcp' | 'stun' | 'dtls' | 'unknown';

export function classifyDatagram(bytes: Uint8Array): DatagramKind {
  if (bytes.length < 2) return 'unknown';
  const first = bytes[0]!;
  if (first <= 3) return 'stun';
  if (first >= 20 && first <= 63) return 'dtls';
  if (first < 128 || first > 191) return 'unknown';
  // RTCP types 192…223 occupy RTP payload types 64…95 with the marker set, which nobody uses.
  const second = bytes[1]!;
  return second >= 192 && second <= 223 ? 'rtcp' : 'rtp';
}
