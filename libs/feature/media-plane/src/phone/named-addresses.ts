import { lookup, Resolver } from 'node:dns/promises';
import type { PhoneLeg } from './phone-leg.js';

/** Addresses of a name; none where it has none of that family, or cannot be asked for. */
export type AddressLookup = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/** Lookups at once: each name is the word of whoever sent the SDP. */
const MOST_LOOKUPS = 32;
/** For one try of one name server. */
const TRY_MS = 1500;
const TRIES = 2;
/** RFC 1035 §2.3.4; a label begins and ends in neither point nor hyphen. */
const LONGEST_NAME = 253;
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?$/i;

/**
 * Looks up hosts that SDP names in place of an address (RFC 8866 §5.7), within bounds, and remembers for each leg what was
 * found: a later offer that names the same host changes nothing.
 */
export class NamedAddresses {
  private readonly found = new WeakMap<PhoneLeg, { readonly name: string; readonly address: string }>();
  private underWay = 0;

  constructor(private readonly lookUp: AddressLookup = askNameServers()) {}

  /** What this leg's last lookup found, where it was for this name. */
  knownTo(leg: PhoneLeg, name: string): string | undefined {
    const known = this.found.get(leg);
    return known?.name === name ? known.address : undefined;
  }

  /** @param family the one that SDP says in front of the name */
  async find(leg: PhoneLeg, name: string, family: 4 | 6): Promise<string | undefined> {
    if (name.length > LONGEST_NAME || !NAME.test(name) || this.underWay >= MOST_LOOKUPS) return undefined;
    this.underWay += 1;
    try {
      const [address] = await this.lookUp(name, family);
      if (address !== undefined) this.found.set(leg, { name, address });
      return address;
    } finally {
      this.underWay -= 1;
    }
  }
}

/** Nobody has said that there is no such name. */
const NO_ANSWER = 'ETIMEOUT';

/** The name servers of this machine, and its own tables (`/etc/hosts`, the network of containers). */
export function askNameServers(servers?: readonly string[]): AddressLookup {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return async (name, family) => {
    try {
      return await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
    } catch (error) {
      // Threads that wait for silent name servers would be missing elsewhere.
      if (servers !== undefined || (error as NodeJS.ErrnoException).code === NO_ANSWER) return [];
    }
    try {
      return (await lookup(name, { family, all: true })).map(({ address }) => address);
    } catch {
      // Nobody knows it.
      return [];
    }
  };
}
