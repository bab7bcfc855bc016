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
const VIA = /^\s*SIP\s*\/\s*\d+\.\d+\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+([^;]+)(;.*)?$/is;

/** One Via value (not a comma list). @returns undefined when malformed */
export function parseVia(text: string): Via | undefined {
  const match = VIA.exec(text);
  if (match === null) return undefined;
  const hostPort = parseHostPort(match[2]?.trim() ?? '');
  const parameters = parseParameters(match[3] ?? '');
  if (hostPort === undefined || parameters === undefined) return undefined;
  return { transport: (match[1] ?? '').toUpperCase(), host: hostPort.host, port: hostPort.port, parameters };
}

export function buildVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${bracketHost(via.host)}${port}${via.parameters.text}`;
}
