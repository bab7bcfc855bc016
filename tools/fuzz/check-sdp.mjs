import { buildSessionDescription, parseSessionDescription } from '@carillon/sdp';

/**
 * SDP of any octets is read without an exception; what was read is written and read again as the same.
 *
 * @param {Buffer} bytes
 */
export function checkSdp(bytes) {
  const at = bytes.indexOf('v=0');
  const text = new TextDecoder().decode(bytes.subarray(Math.max(at, 0)));
  const parsed = parseSessionDescription(text);
  if (!parsed.ok) return;
  const written = buildSessionDescription(parsed.description);
  const again = parseSessionDescription(written);
  if (!again.ok) throw new Error(`What was written is ${again.code}`);
  if (buildSessionDescription(again.description) !== written) throw new Error('Written twice, it differs');
}
