import { buildVia, markedText, parseVia, splitValues } from '@carillon/sip-message';
import type { SipRequest, ViaMark } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';

/** Keep-alives are welcome (RFC 6223 §4.4), as often as RFC 5626 §4.4 recommends. */
const KEEP_UDP_SECONDS = '29';
const KEEP_STREAM_SECONDS = '120';

/**
 * What is put into a Via of the usual form that asks for it, or the first Via line as a response has it, with where the request
 * really came from (RFC 3261 §18.2.1, RFC 3581 §4).
 * @returns undefined when it may stay as it is
 */
export function viaMark(request: SipRequest, source: SipFlow): ViaMark | string | undefined {
  const { returnPath } = request;
  if (returnPath === undefined || returnPath.openPort < 0) return markVia(request, source, request.glance('Via'));
  return { openPort: returnPath.openPort, port: source.remotePort, address: source.remoteAddress };
}

/** The first Via line marked so. @returns undefined when it may stay as it is */
export function markVia(request: SipRequest, source: SipFlow, line = request.header('Via') ?? ''): string | undefined {
  const way = request.returnPath;
  if (way !== undefined) {
    const { host: address, openPort } = way;
    if (openPort >= 0) return markedText(line, { openPort, port: source.remotePort, address: source.remoteAddress });
    if (address === source.remoteAddress) return undefined;
  }
  const top = request.topVia;
  if (top === undefined) return undefined;
  const wantsPort = top.parameters.has('rport');
  const claims = top.parameters.has('received');
  const moved = top.host !== source.remoteAddress;
  const keeps = top.parameters.get('keep') === '';
  if (!wantsPort && !moved && !claims && !keeps) return undefined;
  const values = splitValues(line);
  const via = parseVia(values[0] ?? '');
  if (via === undefined) return undefined;
  let { parameters } = via;
  if (wantsPort) parameters = parameters.with('rport', String(source.remotePort));
  // What the sender claims to have received is not for it to say.
  parameters = wantsPort || moved ? parameters.with('received', source.remoteAddress) : parameters.without('received');
  if (keeps) parameters = parameters.with('keep', source.reliable ? KEEP_STREAM_SECONDS : KEEP_UDP_SECONDS);
  values[0] = buildVia({ ...via, parameters });
  return values.join(', ');
}
