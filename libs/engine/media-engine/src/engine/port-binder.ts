import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type { Traffic } from '../worker/traffic.js';
import type { BindOutcome } from '../worker/worker-api.js';
import { attempted } from './attempted.js';
import type { PortPool, TakenPort } from './port-pool.js';
import type { Resident, Residents } from './residents.js';
import type { WorkerHandle } from './worker-handle.js';

/** Ports that other programs hold are passed over, so many at most for one request. */
const MAX_BIND_ATTEMPTS = 64;

type Place = Pick<Resident, 'kind' | 'id' | 'group' | 'slot'> & { readonly address: string };
type OpenOnPort = (worker: WorkerHandle, rtpPort: number) => Promise<BindOutcome>;

/** Finds ports for what lives in workers, and takes them back. */
export class PortBinder {
  constructor(
    private readonly ports: PortPool,
    private readonly residents: Residents,
    private readonly surroundings: {
      readonly traffic: Traffic;
      workerIn(slot: number): Outcome<WorkerHandle>;
    },
  ) {}

  /** Tries ports until the worker could open one, and remembers who lives there. */
  async bind({ address, ...place }: Place, open: OpenOnPort): Promise<Outcome<number>> {
    /** Put aside until a port is found, or they would be tried again and again. */
    const refused: number[] = [];
    try {
      while (refused.length < MAX_BIND_ATTEMPTS) {
        const worker = this.surroundings.workerIn(place.slot);
        if (!worker.ok) return worker;
        const taken = this.ports.take({ worker: place.slot, address }, performance.now());
        if (taken === null) break;
        const bound = { address, rtpPort: taken.port };
        const quiet = place.kind === 'endpoint' ? { sinceMs: performance.now(), codec: null } : null;
        this.surroundings.traffic.forget(taken.port);
        const resident: Resident = { ...place, bound, opening: null, quiet };
        const outcome = await this.tryPort(taken, resident, () => open(worker.value, taken.port));
        if (outcome !== 'taken') return outcome;
        refused.push(taken.port);
      }
      return refuse('MEDIA.PORTS_EXHAUSTED', `All ${this.ports.total} RTP port pairs are in use.`);
    } finally {
      for (const port of refused) this.ports.give(port);
    }
  }

  /** Nobody lives there any more: its worker keeps the pair bound, unless it keeps many already. */
  release({ bound, slot }: Resident): void {
    if (bound === null) return;
    const { address, rtpPort } = bound;
    if (this.ports.mayKeep(slot)) this.ports.rest(rtpPort, { worker: slot, address }, performance.now());
    else this.discard({ bound, slot });
  }

  /** As `release`, but the pair is not to be used again as it is. */
  discard({ bound, slot }: Pick<Resident, 'bound' | 'slot'>): void {
    if (bound !== null) void this.unbind(bound.rtpPort, slot).then(() => this.ports.give(bound.rtpPort));
  }

  /** @returns `taken` where another program has the port */
  private async tryPort(
    { port, boundIn }: TakenPort,
    resident: Resident,
    open: () => Promise<BindOutcome>,
  ): Promise<Outcome<number> | 'taken'> {
    const { kind, id, slot } = resident;
    this.residents.add(resident);
    if (boundIn !== null && boundIn !== slot) await this.unbind(port, boundIn);
    const outcome = await attempted(() => open().then((bound) => accept(bound)));
    const result = outcome.ok ? resultOf(outcome.value, port) : outcome;
    if (result !== 'taken' && result.ok) return result;
    // Where its worker went, the port went with it and is free already.
    const isLeft = this.residents.remove(kind, id) !== undefined;
    if (isLeft && result !== 'taken') this.ports.give(port);
    return isLeft || result !== 'taken' ? result : refuse('MEDIA.WORKER_LOST', 'The audio worker is being replaced.');
  }

  private async unbind(rtpPort: number, slot: number): Promise<void> {
    const worker = this.surroundings.workerIn(slot);
    if (worker.ok) await attempted(() => worker.value.call('closePorts', rtpPort).then(() => accept(undefined)));
  }
}

/** @returns `taken` where another program has the port */
function resultOf(outcome: BindOutcome, port: number): Outcome<number> | 'taken' {
  if (outcome.bound) return accept(port);
  const { systemCode, detail } = outcome;
  if (systemCode === 'EADDRINUSE') return 'taken';
  return refuse(systemCode === 'ENDPOINT_UNKNOWN' ? 'MEDIA.ENDPOINT_UNKNOWN' : 'MEDIA.INTERNAL', detail);
}
