import type { TrunkState } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { Registration } from '@carillon/sip-stack';
import { isNarrow, isSingle, SourceList } from './source-list.js';
import type { Trunk } from './trunk.js';

/** A trunk that is in use: what is known of its other side. State only. */
export class TrunkLine {
  reachable: TrunkState['reachable'] = 'unknown';
  registration: TrunkState['registration'] = 'off';
  problem: string | null = null;
  checkedAt: number | null = null;
  readonly sources: SourceList;
  /** Those of them that are surely its own: a wide network has others in it. */
  readonly peers: SourceList;
  /** Addresses that its settings name one by one. */
  private readonly named: SourceList;
  /** Where its name leads now. */
  private resolved = new SourceList([]);
  registered: Registration | undefined;
  /** When the calls of the last second began. */
  private starts: number[] = [];
  readonly closing = new AbortController();

  constructor(
    readonly organisationId: OrganisationId,
    readonly domain: string,
    readonly trunk: Trunk,
  ) {
    const sources = [...trunk.sourceAddresses, trunk.host];
    this.sources = new SourceList(sources);
    this.peers = new SourceList(sources.filter(isNarrow));
    this.named = new SourceList(sources.filter(isSingle));
  }

  /** Whether an address is one of its servers, as far as anybody has said: no neighbour in its network, and none that it has left. */
  isServer(address: string): boolean {
    return this.named.has(address) || this.resolved.has(address);
  }

  /** All that its name leads to now. */
  resolvedTo(addresses: readonly string[]): void {
    this.resolved = new SourceList(addresses);
  }

  /** One more address that its calls come from. */
  addSource(address: string): void {
    if (!this.sources.has(address)) this.sources.add(address);
    if (!this.peers.has(address)) this.peers.add(address);
  }

  /** Counts one more call where the rate allows it. @param now clock time in milliseconds @param beyond the rate, by so many */
  takeStart(now: number, beyond = 0): boolean {
    this.starts = this.starts.filter((at) => now - at < 1000);
    if (this.starts.length >= this.trunk.maxCallsPerSecond + beyond) return false;
    this.starts.push(now);
    return true;
  }

  /** Calls that another process began. */
  learnStarts(count: number, now: number): void {
    for (let start = 0; start < Math.min(count, this.trunk.maxCallsPerSecond); start++) this.starts.push(now);
  }

  state(calls: number): TrunkState {
    const { trunk, reachable, registration, problem, checkedAt } = this;
    return {
      ...{ trunkId: trunk.trunkId, reachable, registration, problem, calls },
      checkedAt: checkedAt === null ? null : new Date(checkedAt).toISOString(),
    };
  }
}
