import { CallId } from '@carillon/domain';
import { afterEach } from 'vitest';
import { Provider, type ProviderOptions } from './provider.js';
import { until, useSignalling, type SignallingBench } from './signalling-bench.js';

/** A row of `trunk`, but for what every one of them has. */
export interface TrunkData {
  readonly host: string;
  readonly port?: number;
  readonly transport?: string;
  readonly sourceAddresses?: string[];
  readonly username?: string;
  readonly passwordSealed?: string;
  readonly registers?: boolean;
  readonly challenges?: boolean;
  readonly trusted?: boolean;
  readonly maxCalls?: number;
  readonly outbound?: { pattern: string; strip: number; prepend: string }[];
  readonly inbound?: { number: string; extension: string }[];
  readonly callerNumber?: string;
  readonly callerIdentity?: string;
  readonly defaultExtension?: string;
  readonly enabled?: boolean;
  readonly priority?: number;
  readonly mediaEncryption?: string;
  readonly keysInClear?: boolean;
  readonly clearFallback?: boolean;
  readonly nextTrunkStatuses?: string[];
}

/** `0…` leads out: 030123 is +4930123 there. */
export const OUT = [{ pattern: '0.', strip: 1, prepend: '+49' }];

/** Trunks of a bench's organisation, and the providers at their other ends. */
export class TrunkBench {
  private readonly providers: Provider[] = [];

  constructor(
    private readonly bench: SignallingBench,
    private readonly serverPort: number,
  ) {}

  /** At 127.0.0.2 unless told. */
  async provider(options: Partial<ProviderOptions> = {}): Promise<Provider> {
    const one = await Provider.start({ host: '127.0.0.2', serverPort: this.serverPort, ...options });
    this.providers.push(one);
    return one;
  }

  /** Adds a trunk and waits until it is in use. */
  async add(data: TrunkData) {
    const { organisationId } = this.bench.organisation;
    const row = await this.bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.trunk.create({ data: { organisationId, name: `Trunk ${Math.random()}`, ...data } }),
    );
    this.bench.bus.publish('directory.changed', { organisationId });
    await until('the trunk', async () => (await this.states()).some(({ trunkId }) => trunkId === row.id));
    return row;
  }

  /** As an admin does, and everybody is told. */
  async change(id: string, data: Partial<TrunkData>): Promise<void> {
    const { organisationId } = this.bench.organisation;
    await this.bench.database.database.forOrganisation(organisationId, (tx) =>
      tx.trunk.update({ where: { id }, data }),
    );
    this.bench.bus.publish('directory.changed', { organisationId });
    await this.bench.bus.settled();
  }

  async states() {
    const { organisationId } = this.bench.organisation;
    const answer = await this.bench.bus.call('trunk.list-states', { organisationId });
    return answer.ok ? answer.states : [];
  }

  /** Waits until the ladder of the call that has ended says so. */
  remarked(text: string) {
    return until(`the remark ${text}`, async () => {
      const { organisationId } = this.bench.organisation;
      const { id } = await this.bench.endedRecord();
      const answer = await this.bench.bus.call('ladder.read', { organisationId, callId: CallId.parse(id) });
      return answer.ok && JSON.stringify(answer).includes(text);
    });
  }

  async clear(): Promise<void> {
    await this.bench.database.database.asSystem('the next test starts without trunks', (tx) => tx.trunk.deleteMany());
    await Promise.all(this.providers.splice(0).map((one) => one.userAgent.close({ graceMilliseconds: 50 })));
  }
}

/** A bench with trunks for the tests of one file. @param port for SIP, UDP and TCP */
export function useTrunks(port: number): { readonly bench: SignallingBench; readonly trunks: TrunkBench } {
  const bench = useSignalling(port);
  const trunks = new TrunkBench(bench, port);
  afterEach(() => trunks.clear());
  return { bench, trunks };
}

/** The latest call that came to a provider. */
export const incoming = (one: Provider) => until('a call at the provider', () => one.invites.at(-1));
