import { Parameters, parseParameters } from './parameters.js';
import { bracketHost, parseHostPort } from './uri.js';

/** One hop of a message's way (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS or whatever the peer wrote. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
}

/** What makes a branch unique across space and time (RFC 3261 §8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

// Any version is read, so that a wrong one can be answered (505).
// sent-protocol may hold spaces around its slashes: `SIP  / 2.0 / UDP` (RFC 4475 §3.1.1.1).
const SENT_PROTOCOL = /^\s*SIP\s*\/\s*\d+\.\d+\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)(?=\s)/i;
const USUAL_PROTOCOL = 'SIP/2.0/';
const USUAL_TRANSPORTS: readonly string[] = ['UDP', 'TCP', 'TLS', 'WS', 'WSS'];

/** One Via value (not a comma list). @returns undefined when malformed */
export function parseVia(text: string): Via | undefined {
  let transport: string;
  let protocolEnd: number;
  if (text.startsWith(USUAL_PROTOCOL)) {
    protocolEnd = text.indexOf(' ', USUAL_PROTOCOL.length);
    transport = text.slice(USUAL_PROTOCOL.length, protocolEnd);
  } else {
    protocolEnd = -1;
    transport = '';
  }
  if (protocolEnd < 0 || !USUAL_TRANSPORTS.includes(transport)) {
    const match = SENT_PROTOCOL.exec(text);
    if (match === null) return undefined;
    transport = (match[1] ?? '').toUpperCase();
    protocolEnd = match[0].length;
  }
  const semicolon = text.indexOf(';', protocolEnd);
  const hostPort = parseHostPort(text.slice(protocolEnd, semicolon < 0 ? text.length : semicolon).trim());
  const parameters = semicolon < 0 ? Parameters.none : parseParameters(text.slice(semicolon));
  if (hostPort === undefined || parameters === undefined) return undefined;
  return { transport, host: hostPort.host, port: hostPort.port, parameters };
}

export function buildVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${bracketHost(via.host)}${port}${via.parameters.text}`;
}
