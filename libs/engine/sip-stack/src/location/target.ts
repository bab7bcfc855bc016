import type { TransportProtocol } from '../api/flow.js';

/** One address to try. */
export interface Target {
  readonly protocol: TransportProtocol;
  readonly address: string;
  readonly port: number;
  /** Host of the URI, which a TLS certificate must name: what DNS led to proves nothing (RFC 5922 §4). */
  readonly serverName: string;
}

/** Which addresses we can send to at all. */
export type Reaches = (protocol: TransportProtocol, family: 4 | 6) => boolean;
