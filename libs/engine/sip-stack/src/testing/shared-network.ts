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

  constructor(
    private readonly inner: MemoryNetwork,
    private readonly random: SeededRandom,
  ) {}

  listen(address: ListenAddress, context: TransportContext): Promise<Transport> {
    this.contexts.push(context);
    const any = (): TransportContext => {
      this.turn = Math.floor(this.random.next() * this.contexts.length);
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

/** Hands over within the process, a little later. */
export function channels(clock: VirtualClock, workers: number): HandOver[] {
  const handlers: ((from: number, frame: HandOverFrame) => void)[] = [];
  return Array.from({ length: workers }, (_, from) => ({
    send: (worker: number, frame: HandOverFrame) => void clock.setTimeout(() => handlers[worker]?.(from, frame), 1),
    receive: (handler: (from: number, frame: HandOverFrame) => void) => {
      handlers[from] = handler;
    },
    onMember: () => undefined,
  }));
}

/** Three workers behind one address, and a phone. */
export async function openWorkers(seed: number, prefer?: (request: SipRequest) => number | undefined) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const shared = new SharedNetwork(network, new SeededRandom(seed));
  const sessionTimer = { expiresSeconds: 0, minimumSeconds: 90 };
  const workers: SipUserAgent[] = [];
  for (const [worker, handOver] of channels(clock, WORKERS).entries())
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
  return { clock, workers, alice };
}
