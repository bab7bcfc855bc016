import { parseMessage } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { InviteCopy } from '../api/dialog-copy.js';
import type { ClientTransaction } from './client-transaction.js';
import type { ServerTransaction } from './server-transaction.js';

const LENGTH = /^(?:Content-Length|l)[ \t]*:[^\r\n]*/im;
const END_OF_HEAD = '\r\n\r\n';

/** A peer's INVITE, for another process that is to answer it. */
export function copyReceived(transaction: ServerTransaction): InviteCopy {
  const { request, source, localTag } = transaction;
  const { start, bodyStart } = request.octets;
  const head = request.bytes.latin1Slice(start, bodyStart);
  return { kind: 'invite', role: 'callee', head, flowId: source.id, localTag };
}

/** An INVITE of ours, for another process that is to cancel it. @returns undefined once it has its final answer */
export function copySent({ request, flow }: ClientTransaction): InviteCopy | undefined {
  const end = request.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = request.latin1Slice(0, end + END_OF_HEAD.length);
  return { kind: 'invite', role: 'caller', head, flowId: flow.id, localTag: null };
}

/** The INVITE without its body. @returns undefined where it cannot be read */
export function readInvite({ head }: InviteCopy): SipRequest | undefined {
  const parsed = parseMessage(Buffer.from(head.replace(LENGTH, 'Content-Length: 0'), 'latin1'));
  return parsed.ok && parsed.message.kind === 'request' ? parsed.message : undefined;
}
