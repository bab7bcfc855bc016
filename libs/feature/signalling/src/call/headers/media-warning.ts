import { buildWarning } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { MediaRefusal } from '../call-media.js';

/** RFC 3261 §20.43 */
const WARNINGS: Readonly<Record<string, { readonly code: number; readonly text: string }>> = {
  'MEDIA.NOT_ACCEPTABLE': { code: 305, text: 'Incompatible media format' },
  'MEDIA.TRANSPORT_NOT_ACCEPTABLE': { code: 302, text: 'Incompatible transport protocol' },
  'MEDIA.BAD_SDP': { code: 399, text: 'The SDP cannot be read' },
};

/** What a 488, or a 400, says about the offer that it refuses (RFC 3261 §21.4.26). @param agent who warns */
export function mediaWarning({ code, detail }: MediaRefusal, agent: string): HeaderFields {
  const warning = WARNINGS[code];
  if (warning === undefined) return {};
  return { Warning: buildWarning({ code: warning.code, agent, text: detail ?? warning.text }) };
}
