import { isIP, isIPv6 } from 'node:net';
import type { Clock } from '../clock.js';
import { reachableAddress } from './reachable-address.js';

/** Interfaces are asked for again after so long: addresses change, but not with every message. */
const REMEMBERED_MILLISECONDS = 10_000;
const MAX_REMEMBERED = 64;

/** Chooses the address of ours that a peer sees in Via, Contact and Record-Route. */
export class OwnAddress {
  private readonly remembered = new Map<string, string>();
  private until = 0;
  private readonly advertisedFamily: number;

  constructor(
    private readonly clock: Clock,
    private readonly advertised: string | undefined,
  ) {
    this.advertisedFamily = advertised === undefined ? 0 : isIP(advertised);
  }

  /**
   * The advertised address or name; but an address of the other family would not be reached by this peer, who is given
   * the socket's own.
   */
  towards(local: string, remote: string | undefined): string {
    const { advertised, advertisedFamily } = this;
    if (advertised !== undefined) {
      // Both are addresses, of which only those of IPv6 have a colon.
      const family = (remote ?? local).includes(':') ? 6 : 4;
      if (advertisedFamily === 0 || advertisedFamily === family) return advertised;
    }
    if (local !== '0.0.0.0' && local !== '::') return local;
    return this.ofInterface(local, remote);
  }

  private ofInterface(local: string, remote: string | undefined): string {
    const now = this.clock.now();
    if (now >= this.until || this.remembered.size >= MAX_REMEMBERED) {
      this.remembered.clear();
      this.until = now + REMEMBERED_MILLISECONDS;
    }
    const loopback = remote === '::1' || remote?.startsWith('127.') === true;
    const key = `${local} ${loopback ? remote : String(remote === undefined ? '' : isIPv6(remote))}`;
    let address = this.remembered.get(key);
    if (address === undefined) {
      address = reachableAddress(local, remote);
      this.remembered.set(key, address);
    }
    return address;
  }
}
