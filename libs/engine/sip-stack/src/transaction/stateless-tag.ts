import type { SipRequest } from '@carillon/sip-message';

const OFFSET_BASIS = 2_166_136_261;
const PRIME = 16_777_619;
/** Of the letters that stand for the sixteen digits: `a` to `p`. */
const FIRST_LETTER = 0x61;

/** The same request must get the same tag each time, without being remembered (§8.2.7). */
export function statelessTag(request: SipRequest): string {
  // One text after the other: put together first, they would have to be copied into one.
  const hash = hashText(hashText(OFFSET_BASIS, request.branch ?? request.header('Via') ?? ''), request.callId ?? '');
  const letter = (shift: number): number => FIRST_LETTER + ((hash >>> shift) & 0xf);
  // A number of 32 bits is written in hexadecimal by way of a floating point number, which takes ten times as long.
  // prettier-ignore
  return String.fromCharCode(0x73, letter(28), letter(24), letter(20), letter(16), letter(12), letter(8), letter(4), letter(0));
}

/** FNV-1a */
function hashText(before: number, text: string): number {
  let hash = before;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}
