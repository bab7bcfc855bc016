import { lookup, Resolver } from 'node:dns/promises';
import type { PhoneLeg } from './phone-leg.js';
import { Turns } from './turns.js';

/** Addresses of a name; none where it has none of that family, or cannot be asked for. */
export type AddressLookup = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/** Questions to name servers: each name is the word of whoever sent the SDP. */
const SERVER_TURNS = { atOnce: 32, waiting: 256 };
/** Lookups in the tables of this machine: each one takes a thread, and all others of this process wait for the same few. */
const TABLE_TURNS = { atOnce: 1, waiting: 32 };
/** The calls of one PBX name one host. */
const KEPT_MS = 5000;
const MOST_KEPT = 512;
/** For one try of one name server. */
const TRY_MS = 1500;
const TRIES = 2;
/** RFC 1035 §2.3.4; a label begins and ends in neither point nor hyphen. */
const LONGEST_NAME = 253;
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?$/i;

interface Asked {
  /** None where it has none, or nobody knows. */
  readonly answer: Promise<string | undefined>;
  /** Infinity while it is under way. */
  keptUntilMs: number;
}

/**
 * Looks up hosts that SDP names in place of an address (RFC 8866 §5.7). Calls that name the same host share one question
 * and, for some seconds, its answer; and each leg remembers what was found: a later offer that names the same host changes
 * nothing.
 */
export class NamedAddresses {
  private readonly found = new WeakMap<PhoneLeg, { readonly name: string; readonly address: string }>();
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly lookUp: AddressLookup = askNameServers(),
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** What this leg's last lookup found, where it was for this name. */
  knownTo(leg: PhoneLeg, name: string): string | undefined {
    const known = this.found.get(leg);
    return known?.name === name ? known.address : undefined;
  }

  /** @param family the one that SDP says in front of the name */
  async find(leg: PhoneLeg, name: string, family: 4 | 6): Promise<string | undefined> {
    if (name.length > LONGEST_NAME || !NAME.test(name)) return undefined;
    const address = await this.ask(name.toLowerCase(), family);
    if (address !== undefined) this.found.set(leg, { name, address });
    return address;
  }

  private ask(name: string, family: 4 | 6): Promise<string | undefined> {
    const key = `${family} ${name}`;
    const before = this.asked.get(key);
    if (before !== undefined && this.nowMs() < before.keptUntilMs) return before.answer;
    this.asked.delete(key);
    const [oldest] = this.asked.keys();
    if (oldest !== undefined && this.asked.size >= MOST_KEPT) this.asked.delete(oldest);
    const asked: Asked = {
      answer: this.lookUp(name, family)
        .then(([address]) => address)
        .finally(() => (asked.keptUntilMs = this.nowMs() + KEPT_MS)),
      keptUntilMs: Number.POSITIVE_INFINITY,
    };
    this.asked.set(key, asked);
    return asked.answer;
  }
}

/** Nobody has said that there is no such name. */
const NO_ANSWER = 'ETIMEOUT';

export interface NameSources {
  /** Those of this machine unless said. */
  readonly servers?: readonly string[];
  /** Asked for what no name server knows. */
  readonly tables?: AddressLookup;
}

/** The name servers of this machine, and its own tables (`/etc/hosts`, the network of containers), both within bounds. */
export function askNameServers({ servers, tables = inTables }: NameSources = {}): AddressLookup {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const [atServers, atTables] = [new Turns(SERVER_TURNS), new Turns(TABLE_TURNS)];
  return async (name, family) => {
    const answer = await atServers.take(async () => {
      try {
        return await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
      } catch (error) {
        // A thread that waits for silent name servers would be missing elsewhere.
        return (error as NodeJS.ErrnoException).code === NO_ANSWER ? [] : NOT_THERE;
      }
    });
    if (answer !== NOT_THERE) return answer ?? [];
    return (await atTables.take(() => tables(name, family))) ?? [];
  };
}

const NOT_THERE = 'not there';

const inTables: AddressLookup = async (name, family) => {
  try {
    return (await lookup(name, { family, all: true })).map(({ address }) => address);
  } catch {
    // Nobody knows it.
    return [];
  }
};
