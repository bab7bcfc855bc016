import { buildEditedMessage, hasOneVia } from '@carillon/sip-message';
import type { HeaderLine, SipResponse } from '@carillon/sip-message';

const NONE: readonly HeaderLine[] = [];
const TOP_VIA: readonly string[] = ['Via'];

/**
 * A response without its topmost Via value (RFC 3261 §16.7 item 3), and with lines that others' responses brought.
 * @returns undefined when no Via value is left: it was for us
 */
export function copyResponse(response: SipResponse, add: readonly HeaderLine[] = NONE): Buffer | undefined {
  const via = response.findLine('Via');
  if (via < 0 || (response.findLine('Via', via + 1) < 0 && hasOneVia(response))) return undefined;
  return buildEditedMessage(response, { dropFirst: TOP_VIA, last: add.length === 0 ? undefined : add });
}
