import { isIPv6 } from 'node:net';
import { hostPort } from '@carillon/sip-stack';

export interface SourceSocket {
  readonly address: string;
  readonly port: number;
}

/** Addresses, and sockets, remembered at most. */
const MAX_KNOWN = 50_000;
/** How long an address stays known after the last success from it. */
const KNOWN_MS = 7 * 24 * 3600_000;

/**
 * Addresses where good devices or administrators are. Somebody else behind the same address may still misbehave: there
 * a ban is for the one socket, never for the whole address. This machine itself always counts as known.
 */
export class KnownSources {
  /** Until when, in the order of the last success. */
  private readonly known = new Map<string, number>();
  /** Sockets of devices that have shown who they are: `address:port`. */
  private readonly devices = new Map<string, number>();

  /** The one that was asked about last: a message is asked about several times in a row. */
  private last = { address: '', port: 0, text: '' };

  private peer: (address: string) => boolean = () => false;

  /** From which addresses the other sides of trunks come: told from then on, asked each time. */
  trustPeers(isPeer: (address: string) => boolean): void {
    this.peer = isPeer;
  }

  /** The other side of a trunk, by the trunk's own settings: what it does wrong is between it and that organisation. */
  isPeer(address: string): boolean {
    return this.peer(address);
  }

  /** An administrator's, say, of whom we know no socket. */
  add(address: string, now: number): void {
    remember(this.known, address, now);
  }

  addDevice(socket: SourceSocket, now: number): void {
    this.add(socket.address, now);
    remember(this.devices, this.textOf(socket), now);
  }

  isDevice(socket: SourceSocket, now: number): boolean {
    return (this.devices.get(this.textOf(socket)) ?? 0) > now;
  }

  has(address: string, now: number): boolean {
    return isLoopback(address) || (this.known.get(address) ?? 0) > now;
  }

  /** What a source is called in the books: its address, or its socket where the address is shared. */
  keyOf(socket: SourceSocket, now: number): string {
    return this.has(socket.address, now) ? this.textOf(socket) : socket.address;
  }

  private textOf({ address, port }: SourceSocket): string {
    if (this.last.port !== port || this.last.address !== address)
      this.last = { address, port, text: hostPort(address, port) };
    return this.last.text;
  }
}

/** The address in what `keyOf` gave. */
export function addressOfSource(source: string): string {
  if (source.startsWith('[')) return source.slice(1, source.indexOf(']'));
  return isIPv6(source) ? source : (source.split(':', 1)[0] ?? source);
}

function remember(map: Map<string, number>, key: string, now: number): void {
  map.delete(key);
  map.set(key, now + KNOWN_MS);
  if (map.size <= MAX_KNOWN) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
