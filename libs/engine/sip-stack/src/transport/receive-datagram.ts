import { parseMessage } from '@carillon/sip-message';
import type { MessageLimits } from '@carillon/sip-message';
import type { SipFlow, TransportReceiver } from './sip-flow.js';

/** Parses one datagram and hands it up. Keep-alives (only CR and LF, or zeros) vanish here. */
export function receiveDatagram(
  bytes: Buffer,
  flow: SipFlow,
  to: { receiver: TransportReceiver; limits: MessageLimits },
): void {
  if (bytes.length < 16) return;
  const result = parseMessage(bytes, { framing: 'datagram', limits: to.limits });
  if (result.ok) to.receiver.message(result.message, flow);
  else if ('malformed' in result) {
    to.receiver.malformed({ code: result.malformed, detail: result.detail, request: result.request }, flow);
  }
}
