import type { Limits } from '../limits.js';
import { hostPort } from './sip-flow.js';
import type { SipFlow } from './sip-flow.js';

/** The open connections of one transport, by peer, with their limits. */
export class ConnectionRegister<C extends SipFlow> {
  private readonly byPeer = new Map<string, C>();
  private readonly countByAddress = new Map<string, number>();
  private readonly all = new Set<C>();

  constructor(private readonly limits: Limits) {}

  get size(): number {
    return this.all.size;
  }

  /** Whether one more connection from this address is within the limits. */
  admits(address: string): boolean {
    return (
      this.all.size < this.limits.maxConnections &&
      (this.countByAddress.get(address) ?? 0) < this.limits.maxConnectionsPerAddress
    );
  }

  find(address: string, port: number): C | undefined {
    return this.byPeer.get(hostPort(address, port));
  }

  add(connection: C): void {
    this.all.add(connection);
    const address = connection.remoteAddress;
    this.byPeer.set(hostPort(address, connection.remotePort), connection);
    this.countByAddress.set(address, (this.countByAddress.get(address) ?? 0) + 1);
    connection.onClosed(() => this.remove(connection));
  }

  *[Symbol.iterator](): Generator<C> {
    yield* this.all;
  }

  private remove(connection: C): void {
    if (!this.all.delete(connection)) return;
    const address = connection.remoteAddress;
    const key = hostPort(address, connection.remotePort);
    if (this.byPeer.get(key) === connection) this.byPeer.delete(key);
    const left = (this.countByAddress.get(address) ?? 1) - 1;
    if (left === 0) this.countByAddress.delete(address);
    else this.countByAddress.set(address, left);
  }
}
