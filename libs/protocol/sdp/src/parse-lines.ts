import type { Attribute, Bandwidth, Connection, Origin } from './session-description.js';
import { SDP_LIMITS } from './limits.js';

/** RFC 8866 §5.2: six fields. Blank usernames of old phones leave five, which is read as `-`. */
export function parseOrigin(value: string): Origin | undefined {
  const fields = value.trim().split(/ +/);
  if (fields.length === 5) fields.unshift('-');
  const [username, sessionId, sessionVersion, networkType, addressType, address, ...rest] = fields;
  if (address === undefined || rest.length > 0) return undefined;
  if (!username || !sessionId || !sessionVersion || !networkType || !addressType) return undefined;
  if (!/^\d+$/.test(sessionId) || !/^\d+$/.test(sessionVersion)) return undefined;
  return { username, sessionId, sessionVersion, networkType, addressType, address };
}

/** RFC 8866 §5.7. */
export function parseConnection(value: string): Connection | undefined {
  const [networkType, addressType, address, ...rest] = value.trim().split(/ +/);
  if (!networkType || !addressType || !address || rest.length > 0) return undefined;
  return { networkType, addressType, address };
}

/** RFC 8866 §5.8: `<bwtype>:<bandwidth>`. */
export function parseBandwidth(value: string): Bandwidth | undefined {
  const colon = value.indexOf(':');
  if (colon <= 0 || !/^\d+(\.\d+)?$/.test(value.slice(colon + 1).trim())) return undefined;
  return { type: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

/**
 * RFC 8866 §5.13: `<name>` or `<name>:<value>`. A name with characters that the RFC does not allow is some attribute that
 * we do not know: it is kept, since dropping a whole call over it helps nobody.
 */
export function parseAttribute(value: string): Attribute | undefined {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value.trimEnd() : value.slice(0, colon);
  if (name === '') return undefined;
  return colon < 0 ? { name } : { name, value: value.slice(colon + 1) };
}

export interface MediaLine {
  readonly type: string;
  readonly port: number;
  readonly portCount?: number;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/** RFC 8866 §5.14: `<media> <port>[/<count>] <proto> <fmt> ...`. */
export function parseMediaLine(value: string): MediaLine | undefined {
  const [type, ports, protocol, ...formats] = value.trim().split(/ +/);
  const match = /^(\d{1,5})(?:\/(\d{1,5}))?$/.exec(ports ?? '');
  if (!type || !protocol || match === null || formats.length === 0) return undefined;
  const port = Number(match[1]);
  if (port > 65_535 || formats.length > SDP_LIMITS.maxFormats) return undefined;
  const line = { type, port, protocol, formats };
  return match[2] === undefined ? line : { ...line, portCount: Number(match[2]) };
}
