import type { Outcome } from '../api/outcome.js';
import { accept, refuse } from '../api/outcome.js';
import type { BindOutcome } from '../worker/worker-api.js';
import { attempted } from './attempted.js';
import type { PortPool, TakenPort } from './port-pool.js';
import type { Resident, Residents } from './residents.js';
import type { WorkerHandle } from './worker-handle.js';

/** Ports that other programs hold are passed over, so many at most for one request. */
const MAX_BIND_ATTEMPTS = 64;

type Place = Pick<Resident, 'kind' | 'id' | 'group'>;
type OpenOnPort = (worker: WorkerHandle, rtpPort: number) => Promise<BindOutcome>;

export interface PortBinderParts {
  readonly workerIn: (slot: number) => Outcome<WorkerHandle>;
  /** An endpoint that was thought open could not be opened. */
  readonly lost: (endpointId: string, detail: string) => void;
}

/** Finds ports for what lives in workers, and takes them back. */
export class PortBinder {
  constructor(
    private readonly ports: PortPool,
    private readonly residents: Residents,
    private readonly parts: PortBinderParts,
  ) {}

  /** Tries ports until the worker could open one, and remembers who lives there. */
  async bind(slot: number, place: Place, open: OpenOnPort): Promise<Outcome<number>> {
    /** Put aside until a port is found, or they would be tried again and again. */
    const refused: number[] = [];
    try {
      while (refused.length < MAX_BIND_ATTEMPTS) {
        const worker = this.parts.workerIn(slot);
        if (!worker.ok) return worker;
        const taken = this.ports.take(slot, performance.now());
        if (taken === null) break;
        const outcome = await this.tryPort(taken, { ...place, slot, rtpPort: taken.port }, () =>
          open(worker.value, taken.port),
        );
        if (outcome !== 'taken') return outcome;
        refused.push(taken.port);
      }
      return refuse('MEDIA.PORTS_EXHAUSTED', `All ${this.ports.total} RTP port pairs are in use.`);
    } finally {
      for (const port of refused) this.ports.give(port);
    }
  }

  /** @returns `taken` where another program has the port */
  private async tryPort(
    { port, boundIn }: TakenPort,
    resident: Resident,
    open: () => Promise<BindOutcome>,
  ): Promise<Outcome<number> | 'taken'> {
    const { kind, id, slot } = resident;
    this.residents.add(resident);
    // Bound already: nothing is left that could fail, so nobody waits for it.
    if (boundIn === slot && kind === 'endpoint') {
      void this.openBound(id, open);
      return accept(port);
    }
    if (boundIn !== null && boundIn !== slot) await this.unbind(port, boundIn);
    const outcome = await attempted(() => open().then((bound) => accept(bound)));
    const result = outcome.ok ? resultOf(outcome.value, port) : outcome;
    if (result !== 'taken' && result.ok) return result;
    // Where its worker went, the port went with it and is free already.
    const isLeft = this.residents.remove(kind, id) !== undefined;
    if (isLeft && result !== 'taken') this.ports.give(port);
    return isLeft || result !== 'taken' ? result : refuse('MEDIA.WORKER_LOST', 'The audio worker is being replaced.');
  }

  /** Nobody lives there any more: its worker keeps the pair bound, unless it keeps many already. */
  release({ rtpPort, slot }: Resident): void {
    if (rtpPort === null) return;
    if (this.ports.mayKeep(slot)) this.ports.rest(rtpPort, slot, performance.now());
    else void this.unbind(rtpPort, slot).then(() => this.ports.give(rtpPort));
  }

  private async openBound(endpointId: string, open: () => Promise<BindOutcome>): Promise<void> {
    const outcome = await attempted(() => open().then((bound) => accept(bound)));
    // Where the worker is lost, everything in it is told so.
    if (outcome.ok && !outcome.value.bound) this.parts.lost(endpointId, outcome.value.detail);
  }

  private async unbind(rtpPort: number, slot: number): Promise<void> {
    const worker = this.parts.workerIn(slot);
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
