import { isIPv6 } from 'node:net';
import { hostPort, sourceNetwork } from '@carillon/sip-stack';

export interface SourceSocket {
  readonly address: string;
  readonly port: number;
}

/** Addresses, and sockets, remembered at most. */
const MAX_KNOWN = 50_000;
/** How long an address stays known after the last success from it. */
const KNOWN_MS = 7 * 24 * 3600_000;

/** How a source is counted. */
interface Reading {
  readonly address: string;
  readonly port: number;
  /** `192.0.2.1:5060`, `[2001:db8::1]:5060` */
  readonly text: string;
  readonly network: string;
}

/**
 * Addresses where good devices or administrators are. Somebody else behind the same address may still misbehave: there
 * a ban is for the one socket, never for the whole address. This machine itself always counts as known.
 *
 * Strangers with IPv6 count by their /64, since a host has as many addresses as it likes. A device in it that has shown who
 * it is goes by its own address, and whatever strangers beside it do is not held against it; where an administrator is, a
 * stranger is the one address, too.
 */
export class KnownSources {
  /** Until when, in the order of the last success: addresses, and networks of administrators. */
  private readonly known = new Map<string, number>();
  /** Sockets of devices that have shown who they are: `address:port`. */
  private readonly devices = new Map<string, number>();

  /** The one that was asked about last: a message is asked about several times in a row. */
  private last: Reading = { address: '', port: 0, text: '', network: '' };

  private peer: (address: string) => boolean = () => false;
  private safe: (address: string) => boolean = () => false;

  /** From which addresses the other sides of trunks come: told from then on, asked each time. */
  trustPeers(isPeer: (address: string) => boolean): void {
    this.peer = isPeer;
  }

  /** Networks that operators vouch for: asked each time, too. */
  trustNetworks(isSafe: (address: string) => boolean): void {
    this.safe = isSafe;
  }

  /**
   * The other side of a trunk, by the trunk's own settings: what it does wrong is between it and that organisation. Or an
   * address that an operator vouches for.
   */
  isPeer(address: string): boolean {
    return this.peer(address) || this.safe(address);
  }

  /** An administrator's, of whom we know no socket: with IPv6 their phone has another address, of the same network. */
  add(address: string, now: number): void {
    remember(this.known, sourceNetwork(address), now);
  }

  addDevice(socket: SourceSocket, now: number): void {
    remember(this.known, socket.address, now);
    remember(this.devices, this.read(socket).text, now);
  }

  isDevice(socket: SourceSocket, now: number): boolean {
    return (this.devices.get(this.read(socket).text) ?? 0) > now;
  }

  has(address: string, now: number): boolean {
    if (isLoopback(address) || this.isRemembered(address, now)) return true;
    return address.includes(':') && this.isRemembered(sourceNetwork(address), now);
  }

  /** What a source is called in the books: its address or network, or its socket where the address is shared. */
  keyOf(socket: SourceSocket, now: number): string {
    const { address, text, network } = this.read(socket);
    if (isLoopback(address) || this.isRemembered(address, now)) return text;
    return network !== address && this.isRemembered(network, now) ? address : network;
  }

  private isRemembered(place: string, now: number): boolean {
    return (this.known.get(place) ?? 0) > now;
  }

  private read({ address, port }: SourceSocket): Reading {
    if (this.last.port !== port || this.last.address !== address)
      this.last = { address, port, text: hostPort(address, port), network: sourceNetwork(address) };
    return this.last;
  }
}

/** The address, or the network, in what `keyOf` gave. */
export function addressOfSource(source: string): string {
  if (source.startsWith('[')) return source.slice(1, source.indexOf(']'));
  return isIPv6(source) || source.includes('/') ? source : (source.split(':', 1)[0] ?? source);
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
