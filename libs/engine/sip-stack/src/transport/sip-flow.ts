import { SocketAddress, isIPv6 } from 'node:net';
import type { MalformedCode, SipMessage, SipRequest } from '@carillon/sip-message';
import type { Flow, TransportProtocol } from '../api/flow.js';

/** A flow as the stack uses it: one that can be written to. */
export interface SipFlow extends Flow {
  /** True for connections: nothing needs repeating (RFC 3261 §17). */
  readonly reliable: boolean;
  /**
   * Writes one message. `failed` is called at most once, later, when the octets cannot be delivered to the network
   * or the connection breaks before they are written.
   */
  send(bytes: Buffer, failed?: (error: Error) => void): void;
  /** A connection that we dial does not stand yet, and what is sent waits for it. */
  readonly opening?: boolean;
  /** Takes back what still waits; neither is it sent, nor does it fail. */
  withdraw?(bytes: Buffer): void;
}

/** What a transport gives upwards. */
export interface TransportReceiver {
  /** A whole datagram, frame or stream message that parsed; mandatory headers are not checked yet. */
  message(message: SipMessage, flow: SipFlow): void;
  /** Something that did not parse; `request` when a 400 can be sent. */
  malformed(problem: { code: MalformedCode; detail: string; request: SipRequest | undefined }, flow: SipFlow): void;
}

/** `udp:127.0.0.1:5060-10.0.0.7:5062` */
export function flowId(
  flow: Pick<Flow, 'protocol' | 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
): string {
  const local = hostPort(flow.localAddress, flow.localPort);
  return `${flow.protocol}:${local}-${hostPort(flow.remoteAddress, flow.remotePort)}`;
}

/** `192.0.2.1:5060` or `[2001:db8::1]:5060` */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** IPv4 addresses that a dual-stack socket shows as `::ffff:a.b.c.d` are IPv4 to everybody else. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** An IPv6 address without its zone (RFC 4007): the zone means nothing to a peer, and SIP has no place for it. */
export function withoutZone(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? address : address.slice(0, at);
}

/** One way to write each IPv6 address (RFC 5952), so that addresses can be compared as text. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address: withoutZone(address), family: 'ipv6' }).address : address;
}

const PROTOCOLS = { udp: 'udp', tcp: 'tcp', tls: 'tls', ws: 'ws', wss: 'wss' } as const;
const FLOW_ID =
  /^(udp|tcp|tls|ws|wss):(\[[0-9a-fA-F:.]+\]|[\w.-]+):(\d{1,5})-(\[[0-9a-fA-F:.]+(?:%[\w.-]+)?\]|[0-9.]+):(\d{1,5})$/;

/** Takes a flow id apart. @returns undefined when it is none */
export function parseFlowId(
  id: string,
): Pick<Flow, 'protocol' | 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'> | undefined {
  const match = FLOW_ID.exec(id);
  if (match === null) return undefined;
  const protocol = PROTOCOLS[match[1] as TransportProtocol];
  const localAddress = withoutBrackets(match[2] ?? '');
  const remoteAddress = withoutBrackets(match[4] ?? '');
  return { protocol, localAddress, localPort: Number(match[3]), remoteAddress, remotePort: Number(match[5]) };
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
