import type { Outcome } from '../api/outcome.js';
import type { AudioEngineErrorCode } from '../api/error-codes.js';
import type { EndpointMedia } from '../api/endpoint.js';
import { accept, refuse } from '../api/outcome.js';
import type { Traffic } from '../worker/traffic.js';
import { toWireMedia } from '../worker/wire-media.js';
import type { PortAssignment } from '../worker/worker-api.js';
import { attempted } from './attempted.js';
import { PortBinder } from './port-binder.js';
import { PortPool } from './port-pool.js';
import { Residents, type Resident, type ResidentKind } from './residents.js';
import type { WorkerHandle } from './worker-handle.js';
import type { WorkerSlot } from './worker-slots.js';

const UNKNOWN: Record<ResidentKind, AudioEngineErrorCode> = {
  endpoint: 'MEDIA.ENDPOINT_UNKNOWN',
  mix: 'MEDIA.MIX_UNKNOWN',
  receiver: 'MEDIA.ENDPOINT_UNKNOWN',
  sender: 'MEDIA.ENDPOINT_UNKNOWN',
  playback: 'MEDIA.PLAYBACK_UNKNOWN',
  recording: 'MEDIA.RECORDING_UNKNOWN',
};

export const DONE: Outcome<void> = accept(undefined);

export const DIFFERENT_WORKERS: Outcome<never> = refuse(
  'MEDIA.DIFFERENT_WORKERS',
  'They live in different worker threads: open them with the same group.',
);

/** The threads, as they are now. */
export interface Workplace {
  readonly slots: readonly WorkerSlot[];
  /** Nothing is asked of them any more. */
  readonly closed: boolean;
}

/** What lives in which worker and on which ports, and the way to it. */
export class Placement {
  readonly residents = new Residents();
  readonly ports: PortPool;
  readonly binder: PortBinder;

  /** @param workplace asked anew each time */
  constructor(
    portRange: { readonly min: number; readonly max: number },
    private readonly traffic: Traffic,
    private readonly workplace: () => Workplace,
  ) {
    this.ports = new PortPool(portRange.min, portRange.max);
    this.binder = new PortBinder(this.ports, this.residents, { traffic, workerIn: (slot) => this.workerIn(slot) });
  }

  workerIn(slot: number): Outcome<WorkerHandle> {
    const { closed, slots } = this.workplace();
    if (closed) return refuse('MEDIA.ENGINE_CLOSED', 'The audio engine is closed.');
    const handle = slots[slot]?.handle ?? null;
    return handle === null
      ? refuse('MEDIA.WORKER_LOST', 'The audio worker is being replaced.')
      : { ok: true, value: handle };
  }

  /** The worker that something lives in, which has heard of it. Only its worker knows its figures from now on. */
  workerOf(kind: ResidentKind, id: string): Outcome<WorkerHandle> {
    const resident = this.residents.find(kind, id);
    if (resident !== undefined) resident.quiet = null;
    return this.toldWorkerOf(kind, id);
  }

  /** As `workerOf`, to agree on media and to connect: what an endpoint is closed with needs no word of its worker. */
  toldWorkerOf(kind: ResidentKind, id: string): Outcome<WorkerHandle> {
    const resident = this.residents.find(kind, id);
    if (resident === undefined) return refuse(UNKNOWN[kind], `There is no ${kind} ${id}.`);
    const worker = this.workerIn(resident.slot);
    if (worker.ok && resident.opening !== null) {
      worker.value.tell('openOnBoundPair', id, resident.opening);
      resident.opening = null;
    }
    return worker;
  }

  /** Tells an endpoint's worker of its media, and where it has not heard of it yet of the endpoint in the same word. */
  agreeOn(endpointId: string, media: EndpointMedia): Outcome<void> {
    const resident = this.residents.find('endpoint', endpointId);
    if (resident === undefined) return refuse(UNKNOWN.endpoint, `There is no endpoint ${endpointId}.`);
    const worker = this.workerIn(resident.slot);
    if (!worker.ok) return worker;
    const { opening, quiet } = resident;
    const wire = toWireMedia(media);
    if (opening === null) worker.value.tell('setMedia', endpointId, wire);
    else worker.value.tell('openOnBoundPair', endpointId, opening, wire);
    resident.opening = null;
    if (quiet !== null) quiet.codec = media.codec;
    return DONE;
  }

  async at<T>(kind: ResidentKind, id: string, act: (worker: WorkerHandle) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const worker = this.workerOf(kind, id);
    return worker.ok ? attempted(() => act(worker.value)) : worker;
  }

  /** Runs a playback or recording in the worker of its target. */
  async attach<T>(
    kind: 'playback' | 'recording',
    id: string,
    target: { kind: ResidentKind; id: string },
    act: (worker: WorkerHandle) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const slot = this.residents.find(target.kind, target.id)?.slot;
    if (slot === undefined) return refuse(UNKNOWN[target.kind], `There is no ${target.kind} ${target.id}.`);
    if (this.residents.find(kind, id)) return refuse('MEDIA.BAD_REQUEST', `There is a ${kind} ${id} already.`);
    this.residents.add({ kind, id, slot, group: null, bound: null, opening: null, quiet: null });
    const outcome = await this.at(target.kind, target.id, act);
    if (!outcome.ok) this.residents.remove(kind, id);
    return outcome;
  }

  /** Where the group is, or in the worker with the least to do. */
  chooseSlot(group: string | undefined): number {
    const known = group === undefined ? undefined : this.residents.slotOfGroup(group);
    if (known !== undefined) return known;
    let best = 0;
    let bestLoad = Infinity;
    for (const slot of this.workplace().slots) {
      const load = this.residents.count('endpoint', slot.index) + this.residents.count('receiver', slot.index);
      if (slot.handle === null || load >= bestLoad) continue;
      best = slot.index;
      bestLoad = load;
    }
    return best;
  }

  /** False only when both exist and live apart; unknown ones are refused by name later. */
  together(kindA: ResidentKind, idA: string, kindB: ResidentKind, idB: string): boolean {
    const a = this.residents.find(kindA, idA);
    const b = this.residents.find(kindB, idB);
    return a === undefined || b === undefined || a.slot === b.slot;
  }

  /** Settles an endpoint on a pair that is bound already: its worker need not hear of it yet. @returns the RTP port, if any */
  settleOnBound(
    { kind, id, group, slot, address }: Pick<Resident, 'kind' | 'id' | 'group' | 'slot'> & { readonly address: string },
    { ssrc, cname }: Pick<PortAssignment, 'ssrc' | 'cname'>,
  ): number | null {
    if (!this.workerIn(slot).ok) return null;
    const nowMs = performance.now();
    const rtpPort = this.ports.takeBound({ worker: slot, address }, nowMs);
    if (rtpPort === null) return null;
    this.traffic.forget(rtpPort);
    const opening = { address, rtpPort, ssrc, cname };
    const quiet = { sinceMs: nowMs, codec: null };
    this.residents.add({ kind, id, group, slot, bound: { address, rtpPort }, opening, quiet });
    return rtpPort;
  }

  /** It is gone, and its ports are free for others. */
  release(kind: ResidentKind, id: string): void {
    const resident = this.residents.remove(kind, id);
    if (resident !== undefined) this.binder.release(resident);
  }

  /** It could not be opened, and its ports are not to be used as they are. */
  discard(kind: ResidentKind, id: string): Resident | undefined {
    const resident = this.residents.remove(kind, id);
    if (resident !== undefined) this.binder.discard(resident);
    return resident;
  }

  /** Its worker is gone, and everything in it. */
  evict(slot: number): Resident[] {
    this.ports.lose(slot);
    const evicted = this.residents.evict(slot);
    for (const { bound } of evicted) if (bound !== null) this.ports.give(bound.rtpPort);
    return evicted;
  }
}
