import { buildVia, parseVia, splitValues } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';

/**
 * The first Via line marked with where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
 * @returns undefined when it may stay as it is
 */
export function markVia(request: SipRequest, source: SipFlow): string | undefined {
  const top = request.topVia;
  if (top === undefined) return undefined;
  const wantsPort = top.parameters.has('rport');
  const moved = top.host !== source.remoteAddress;
  // What the sender claims to have received is not for it to say.
  if (!wantsPort && !moved && !top.parameters.has('received')) return undefined;
  const values = splitValues(request.header('Via') ?? '');
  const via = parseVia(values[0] ?? '');
  if (via === undefined) return undefined;
  let { parameters } = via;
  if (wantsPort) parameters = parameters.with('rport', String(source.remotePort));
  parameters = wantsPort || moved ? parameters.with('received', source.remoteAddress) : parameters.without('received');
  values[0] = buildVia({ ...via, parameters });
  return values.join(', ');
}
