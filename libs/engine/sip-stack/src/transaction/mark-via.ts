import { buildVia, parseVia, splitValues } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { SipFlow } from '../transport/sip-flow.js';

/** Keep-alives are welcome (RFC 6223 §4.4), as often as RFC 5626 §4.4 recommends. */
const KEEP_UDP_SECONDS = '29';
const KEEP_STREAM_SECONDS = '120';

/**
 * The first Via line marked with where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
 * @param line the first Via line, where the caller has read it already
 * @returns undefined when it may stay as it is
 */
export function markVia(request: SipRequest, source: SipFlow, line = request.header('Via') ?? ''): string | undefined {
  const way = request.returnPath;
  if (way !== undefined) {
    const { host, openPort } = way;
    const { remoteAddress, remotePort } = source;
    if (openPort >= 0)
      return `${line.slice(0, openPort)}=${remotePort}${line.slice(openPort)};received=${remoteAddress}`;
    if (host === remoteAddress) return undefined;
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
