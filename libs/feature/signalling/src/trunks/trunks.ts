import type { TrunkState } from '@carillon/contracts';
import type { OrganisationId, TrunkId } from '@carillon/domain';
import { buildNameAddress } from '@carillon/sip-message';
import type { RequestTarget } from '@carillon/sip-stack';
import type { Directory } from '../routing/directory.js';
import { learnSources } from './learn-sources.js';
import { probeTrunk, watchTrunk, type Probe } from './probe-trunk.js';
import { registerTrunk } from './register-trunk.js';
import { trunkAddress, trunkUri } from './trunk-address.js';
import { TrunkLine } from './trunk-line.js';
import type { TrunkParts } from './trunk-parts.js';
import type { Trunk } from './trunk.js';

/** How many calls go on over a trunk. */
type CountCalls = (trunkId: TrunkId) => number;

/** For the answers to our last REGISTERs. */
const GOODBYE_MS = 1_500;

/** The trunks that are in use, each with what is known of its other side. */
export class Trunks {
  private readonly lines = new Map<TrunkId, TrunkLine>();

  constructor(
    private readonly parts: TrunkParts,
    private readonly countCalls: CountCalls,
    /** Registers and asks; else another process does, and tells how it goes. */
    private readonly leads = true,
  ) {}

  /** Begins with what is new in a directory, ends what is gone; one that changed does both. */
  keepTo({ organisationId, sipDomain, trunks }: Pick<Directory, 'organisationId' | 'sipDomain' | 'trunks'>): void {
    const wanted = new Map(trunks.map((trunk) => [trunk.trunkId, trunk]));
    for (const line of this.ofOrganisation(organisationId)) {
      const next = wanted.get(line.trunk.trunkId);
      if (next !== undefined && isSame(line, next, sipDomain)) wanted.delete(next.trunkId);
      else void this.end(line);
    }
    for (const trunk of wanted.values()) this.begin(new TrunkLine(organisationId, sipDomain, trunk));
  }

  /** Lines that calls from this address come over. */
  from(address: string): TrunkLine[] {
    return [...this.lines.values()].filter(({ sources }) => sources.has(address));
  }

  /** Whether an address is a trunk's other side, of whichever organisation. */
  isPeer(address: string): boolean {
    for (const { peers } of this.lines.values()) if (peers.has(address)) return true;
    return false;
  }

  /** Whether an address is one of this trunk's servers: somebody pays for what is asked there. */
  isServerOf({ trunkId }: Trunk, address: string): boolean {
    return this.lines.get(trunkId)?.isServer(address) === true;
  }

  ofOrganisation(organisationId: OrganisationId): TrunkLine[] {
    return [...this.lines.values()].filter((line) => line.organisationId === organisationId);
  }

  /** Whether one more call may go over it, which counts it. @param beyond its limits, by so many @returns why not */
  admit({ trunkId, maxCalls }: Trunk, beyond = 0): 'admitted' | 'full' | 'too-fast' | 'gone' {
    const line = this.lines.get(trunkId);
    if (line === undefined) return 'gone';
    if (this.countCalls(trunkId) >= maxCalls + beyond) return 'full';
    if (!line.takeStart(this.parts.clock.now(), beyond)) return 'too-fast';
    this.parts.started?.(trunkId);
    return 'admitted';
  }

  /** Calls that another process began over it. */
  learnStarts(trunkId: TrunkId, count: number): void {
    this.lines.get(trunkId)?.learnStarts(count, this.parts.clock.now());
  }

  /** The other side was silent when it was last asked: others are tried first. */
  isDown({ trunkId }: Trunk): boolean {
    return this.lines.get(trunkId)?.reachable === 'no';
  }

  /** How a request for a number gets to the other side. @param secure by `sips:`, over TLS alone */
  reach(trunk: Trunk, number: string, secure = false): Pick<RequestTarget, 'target' | 'to' | 'credentials'> {
    const credentials = this.parts.credentialsOf(trunk);
    return {
      target: trunkUri(trunk, number, secure),
      to: buildNameAddress({ uri: trunkAddress(trunk, number, secure) }),
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  find(trunkId: TrunkId): Trunk | undefined {
    return this.lines.get(trunkId)?.trunk;
  }

  credentialsOf(trunk: Trunk): RequestTarget['credentials'] {
    return this.parts.credentialsOf(trunk);
  }

  passwordOf(trunk: Trunk): string | undefined {
    const credentials = this.parts.credentialsOf(trunk);
    return credentials !== undefined && 'password' in credentials ? credentials.password : undefined;
  }

  states(organisationId: OrganisationId): TrunkState[] {
    return this.ofOrganisation(organisationId).map((line) => line.state(this.countCalls(line.trunk.trunkId)));
  }

  /** Of every organisation. */
  allStates(): TrunkState[] {
    return [...this.lines.values()].map((line) => line.state(0));
  }

  /** What the process that asks has found out. */
  hear({ trunkId, reachable, registration, problem, checkedAt }: TrunkState): void {
    const line = this.lines.get(trunkId);
    if (line === undefined || this.leads) return;
    line.reachable = reachable;
    line.registration = registration;
    line.problem = problem;
    line.checkedAt = checkedAt === null ? null : Date.parse(checkedAt);
  }

  /** Asks the other side now. @returns undefined where the organisation has no such trunk in use */
  async test(organisationId: OrganisationId, trunkId: TrunkId): Promise<Probe | undefined> {
    const line = this.lines.get(trunkId);
    if (line === undefined || line.organisationId !== organisationId) return undefined;
    if (line.registration === 'failed') line.registered?.refresh();
    return probeTrunk(this.parts, line);
  }

  /** Takes registrations away and stops asking. */
  async close(): Promise<void> {
    const ended = Promise.all([...this.lines.values()].map((line) => this.end(line)));
    // A provider that is gone must not hold up our own end.
    const grace = new Promise<void>((settle) => void this.parts.clock.after(GOODBYE_MS, settle));
    await Promise.race([ended, grace]);
  }

  private begin(line: TrunkLine): void {
    const { trunk } = line;
    this.lines.set(trunk.trunkId, line);
    if (this.leads) this.keepInTouch(line);
    learnSources(this.parts, line).catch((error: unknown) =>
      this.parts.logger.error({ error, trunk: trunk.name }, 'A trunk failed'),
    );
  }

  private keepInTouch(line: TrunkLine): void {
    const { trunk } = line;
    if (trunk.registers) registerTrunk(this.parts, line);
    watchTrunk(this.parts, line).catch((error: unknown) =>
      this.parts.logger.error({ error, trunk: trunk.name }, 'A trunk failed'),
    );
  }

  private async end(line: TrunkLine): Promise<void> {
    this.lines.delete(line.trunk.trunkId);
    line.closing.abort();
    await line.registered?.close();
  }
}

function isSame(line: TrunkLine, next: Trunk, domain: string): boolean {
  return line.domain === domain && JSON.stringify(line.trunk) === JSON.stringify(next);
}
