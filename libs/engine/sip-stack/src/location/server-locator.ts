import type { SipUri } from '@carillon/sip-message';
import type { Clock } from '../clock.js';
import { CachedDns } from './cached-dns.js';
import type { Dns } from './dns.js';
import { locate, locateAddress } from './locate.js';
import { Penalties } from './penalties.js';
import type { Reaches, Target } from './target.js';

/** Finds the servers of URIs, and remembers which of them failed. */
export class ServerLocator {
  readonly penalties: Penalties;
  private readonly dns: CachedDns;

  constructor(private readonly parts: { dns: Dns; clock: Clock; random: () => number; reaches: Reaches }) {
    this.dns = new CachedDns(parts.dns, parts.clock);
    this.penalties = new Penalties(parts.clock);
  }

  /** Addresses of all the servers of a URI, each once, in the order in which they would be tried. */
  async addressesOf(uri: SipUri): Promise<string[]> {
    const { random, reaches } = this.parts;
    const targets = locateAddress(uri) ?? (await locate(uri, { dns: this.dns, random, reaches }));
    return [...new Set(this.penalties.order(targets).map(({ address }) => address))];
  }

  /** `found` is called at once for IP addresses, later for names; with an empty list when there is no way. */
  find(uri: SipUri, found: (targets: readonly Target[]) => void): void {
    const numeric = locateAddress(uri);
    if (numeric !== undefined) {
      found(numeric);
      return;
    }
    const { random, reaches } = this.parts;
    void locate(uri, { dns: this.dns, random, reaches }).then((targets) => found(this.penalties.order(targets)));
  }
}
