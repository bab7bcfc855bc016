import { isOurs, workerOf, type Pinning } from '@carillon/sip-stack';

/** Our place among the processes that signalling runs in: calls and bindings are told apart by their Call-IDs and ids. */
export interface Place {
  /** From 0. */
  readonly own: number;
  readonly count: number;
  /** Whether the thing of this id is ours: a binding by its Call-ID, a call by its own id. */
  owns(id: string): boolean;
  /** The number of the process that it belongs to. */
  processOf(id: string): number;
}

/** One process has everything. */
const ALONE: Place = { own: 0, count: 1, owns: () => true, processOf: () => 0 };

export function placeOf(pinning: Pick<Pinning, 'worker' | 'workers'> | undefined): Place {
  if (pinning === undefined) return ALONE;
  return {
    own: pinning.worker,
    count: pinning.workers,
    owns: (id) => isOurs(id, pinning),
    processOf: (id) => workerOf(id, pinning.workers),
  };
}

/** Addresses one process on the bus. */
export function ownerIdOf(process: number): string {
  return `signalling-${process}`;
}

/** The numbers of the others. */
export function othersOf({ own, count }: Place): number[] {
  return Array.from({ length: count }, (_, number) => number).filter((number) => number !== own);
}
