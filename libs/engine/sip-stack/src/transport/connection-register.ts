import type { Limits } from '../limits.js';
import type { Connection } from './connection.js';
import type { TransportContext, UnwantedPeer } from './network.js';
import { canonicalAddress, hostPort } from './sip-flow.js';
import { sourceNetwork } from './source-network.js';

/** The open connections of one transport, by peer, with their limits. */
export class ConnectionRegister {
  /** A peer may have several: one per server name that was dialled there. */
  private readonly byPeer = new Map<string, Set<Connection>>();
  private readonly countByNetwork = new Map<string, number>();
  private readonly all = new Set<Connection>();
  private reserved = 0;
  private opening = 0;

  constructor(private readonly limits: Limits) {}

  get size(): number {
    return this.all.size;
  }

  /**
   * Takes a place for a socket that came, before any handshake.
   * @returns gives the place back, or undefined when the peer is not wanted, or `reserve` has none
   */
  admit(
    peer: { address: string; port: number },
    admits: TransportContext['admitsConnection'],
  ): (() => void) | undefined {
    const openFromAddress = this.countByNetwork.get(sourceNetwork(peer.address)) ?? 0;
    const arrival = { ...peer, openFromAddress, open: this.reserved, most: this.limits.maxConnections };
    return admits?.(arrival) === false ? undefined : this.reserve(peer.address);
  }

  /** Closes connections whose peer is not wanted any more. @returns how many */
  shed(unwanted: UnwantedPeer, reason: string): number {
    const found = [...this.all].filter(unwanted);
    for (const connection of found) connection.shed(reason);
    return found.length;
  }

  /**
   * Takes a place for a socket of this address, which counts with its network, before any handshake.
   * @returns gives the place back, or undefined when the address or everybody together has too many
   */
  reserve(address: string): (() => void) | undefined {
    const network = sourceNetwork(address);
    const count = this.countByNetwork.get(network) ?? 0;
    if (this.reserved >= this.limits.maxConnections || count >= this.limits.maxConnectionsPerAddress) return undefined;
    this.countByNetwork.set(network, count + 1);
    this.reserved += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.reserved -= 1;
      const left = (this.countByNetwork.get(network) ?? 1) - 1;
      if (left === 0) this.countByNetwork.delete(network);
      else this.countByNetwork.set(network, left);
    };
  }

  /** Whether one more connection may be dialled. */
  get mayDial(): boolean {
    return this.opening < this.limits.maxOpening;
  }

  /** Any connection of this peer, or the one that may carry requests for `serverName`. */
  find(address: string, port: number, serverName?: string): Connection | undefined {
    const connections = this.byPeer.get(hostPort(canonicalAddress(address), port));
    if (connections === undefined) return undefined;
    for (const connection of connections) if (serves(connection, serverName)) return connection;
    return undefined;
  }

  add(connection: Connection): void {
    this.all.add(connection);
    this.name(connection, connection.remoteAddress, connection.remotePort);
    connection.onClosed(() => this.all.delete(connection));
  }

  /** The same, and counts it as opening until it is open or closed. */
  addDialled(connection: Connection): () => void {
    this.add(connection);
    this.opening += 1;
    let counted = true;
    const settled = (): void => {
      if (counted) this.opening -= 1;
      counted = false;
    };
    connection.onClosed(settled);
    return settled;
  }

  /** Lets requests to this address and port use the connection: its peer's own, or an alias (RFC 5923 §8). */
  name(connection: Connection, address: string, port: number): void {
    const key = hostPort(canonicalAddress(address), port);
    let connections = this.byPeer.get(key);
    if (connections?.has(connection) === true) return;
    if (connections === undefined) {
      connections = new Set();
      this.byPeer.set(key, connections);
    }
    const named = connections;
    named.add(connection);
    connection.onClosed(() => {
      named.delete(connection);
      if (named.size === 0 && this.byPeer.get(key) === named) this.byPeer.delete(key);
    });
  }

  *[Symbol.iterator](): Generator<Connection> {
    yield* this.all;
  }
}

/** A TLS connection leads to the names that were checked, and to no other that shares its address. */
function serves(connection: Connection, serverName: string | undefined): boolean {
  if (serverName === undefined || connection.protocol !== 'tls') return true;
  return connection.serverName === serverName || connection.peerIdentities.includes(serverName.toLowerCase());
}
