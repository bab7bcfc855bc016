import type { SipRequest } from '@carillon/sip-message';
import type { ListenAddress } from '../api/user-agent.js';
import { PinnedNetwork } from '../multi-core/pinned-network.js';
import type { HandOver, HandOverFrame } from '../multi-core/pinning.js';
import type { Network, Transport, TransportContext } from '../transport/network.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import { MemoryNetwork } from './memory-network.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

export const WORKERS = 3;
export const SHARED: ListenAddress = { protocol: 'udp', host: '10.0.0.9', port: 5060 };

/** One bound address whose packets go to any of several listeners, as the kernel does with a shared socket. */
export class SharedNetwork implements Network {
  private readonly contexts: TransportContext[] = [];
  private turn = 0;
  /** Listeners that get nothing: their processes have died. */
  readonly dead = new Set<number>();

  constructor(
    private readonly inner: MemoryNetwork,
    private readonly random: SeededRandom,
  ) {}

  listen(address: ListenAddress, context: TransportContext): Promise<Transport> {
    this.contexts.push(context);
    const any = (): TransportContext => {
      do this.turn = Math.floor(this.random.next() * this.contexts.length);
      while (this.dead.has(this.turn));
      return this.contexts[this.turn] ?? context;
    };
    return this.inner.listen(address, {
      ...context,
      receiver: {
        message: (message, flow) => any().receiver.message(message, flow),
        malformed: (problem, flow) => any().receiver.malformed(problem, flow),
      },
    });
  }

  webSockets(host: string): ReturnType<Network['webSockets']> {
    return this.inner.webSockets(host);
  }
}

/** Hands over within the process, a little later. @param members hear of workers that end and begin again */
export function channels(clock: VirtualClock, workers: number, members: MemberHandler[] = []): HandOver[] {
  const handlers: ((from: number, frame: HandOverFrame) => void)[] = [];
  return Array.from({ length: workers }, (_, from) => ({
    send: (worker: number, frame: HandOverFrame) => void clock.setTimeout(() => handlers[worker]?.(from, frame), 1),
    receive: (handler: (from: number, frame: HandOverFrame) => void) => {
      handlers[from] = handler;
    },
    onMember: (handler: MemberHandler) => {
      members[from] = handler;
    },
  }));
}

export type MemberHandler = (worker: number, state: 'here' | 'gone') => void;

/** Three workers behind one address, and a phone. */
export async function openWorkers(seed: number, prefer?: (request: SipRequest) => number | undefined) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const shared = new SharedNetwork(network, new SeededRandom(seed));
  const sessionTimer = { expiresSeconds: 0, minimumSeconds: 90 };
  const workers: SipUserAgent[] = [];
  const members: MemberHandler[] = [];
  const handOvers = channels(clock, WORKERS, members);
  for (const [worker, handOver] of handOvers.entries())
    workers.push(
      await SipUserAgent.open(
        { listen: [SHARED], clock, random: new SeededRandom(worker + 10), sessionTimer },
        new PinnedNetwork(shared, { worker, workers: WORKERS, handOver, ...(prefer === undefined ? {} : { prefer }) }),
      ),
    );
  const alice = await SipUserAgent.open(
    { listen: [{ protocol: 'udp', host: '10.0.0.1', port: 5060 }], clock, random: new SeededRandom(1), sessionTimer },
    network,
  );
  /** The worker gets nothing any more, and says nothing; the others know. */
  const kill = (worker: number): void => {
    shared.dead.add(worker);
    handOvers[worker]?.receive(() => undefined);
    for (const [other, hear] of members.entries()) if (other !== worker) hear(worker, 'gone');
  };
  return { clock, workers, alice, network, kill };
}
