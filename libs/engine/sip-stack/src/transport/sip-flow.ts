import type { MalformedCode, SipMessage, SipRequest } from '@carillon/sip-message';
import type { Flow, TransportProtocol } from '../api/flow.js';

/** A flow as the stack uses it: one that can be written to. */
export interface SipFlow extends Flow {
  /** True for TCP and WebSocket: nothing needs repeating (RFC 3261 §17). */
  readonly reliable: boolean;
  /**
   * Writes one message. `failed` is called at most once, later, when the octets cannot be delivered to the network
   * or the connection breaks before they are written.
   */
  send(bytes: Buffer, failed?: (error: Error) => void): void;
}

/** What a transport gives upwards. */
export interface TransportReceiver {
  /** A whole datagram, frame or stream message that parsed; mandatory headers are not checked yet. */
  message(message: SipMessage, flow: SipFlow): void;
  /** Something that did not parse; `request` when a 400 can be sent. */
  malformed(problem: { code: MalformedCode; detail: string; request: SipRequest | undefined }, flow: SipFlow): void;
}

/** `udp:127.0.0.1:5060-10.0.0.7:5062` */
export function flowId(flow: Omit<Flow, 'id' | 'open' | 'onClosed'>): string {
  const local = hostPort(flow.localAddress, flow.localPort);
  return `${flow.protocol}:${local}-${hostPort(flow.remoteAddress, flow.remotePort)}`;
}

export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** IPv4 addresses that a dual-stack socket shows as `::ffff:a.b.c.d` are IPv4 to everybody else. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

export const FLOW_ID = /^(udp|tcp|ws):(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})-(\[[0-9a-fA-F:.]+\]|[0-9.]+):(\d{1,5})$/;

/** Takes a flow id apart. @returns undefined when it is none */
export function parseFlowId(
  id: string,
): { protocol: TransportProtocol; localPort: number; remoteAddress: string; remotePort: number } | undefined {
  const match = FLOW_ID.exec(id);
  if (match === null) return undefined;
  const protocol = match[1] === 'udp' ? 'udp' : match[1] === 'tcp' ? 'tcp' : 'ws';
  const remoteAddress = (match[4] ?? '').replace(/^\[|\]$/g, '');
  return { protocol, localPort: Number(match[3]), remoteAddress, remotePort: Number(match[5]) };
}
