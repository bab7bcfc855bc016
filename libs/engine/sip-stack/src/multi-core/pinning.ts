/** Which worker of several a call belongs to, and the way to the others. */
export interface Pinning {
  /** Our own number, from 0. */
  readonly worker: number;
  readonly workers: number;
  readonly handOver: HandOver;
}

/** What one worker gives another. */
export type HandOverFrame =
  /** A message that came in here and belongs there. */
  | { readonly kind: 'received'; readonly flowId: string; readonly bytes: Buffer }
  /** A message that is to leave by a connection of the other worker. */
  | { readonly kind: 'send'; readonly flowId: string; readonly bytes: Buffer }
  /** A connection of ours carried its first message, or is gone: told to everybody. */
  | { readonly kind: 'opened' | 'closed'; readonly flowId: string };

/** Frames may get lost, like datagrams: SIP repeats what matters. */
export interface HandOver {
  send(worker: number, frame: HandOverFrame): void;
  receive(handler: (from: number, frame: HandOverFrame) => void): void;
}

/**
 * The worker that has a call. Everything of a dialog, its responses and its CANCEL carry one Call-ID, so all of them
 * come together wherever they arrive.
 */
export function workerOf(callId: string, workers: number): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < callId.length; at++) hash = Math.imul(hash ^ callId.charCodeAt(at), 16_777_619);
  // The low bits of FNV-1a depend on the low bits of the text alone.
  hash ^= hash >>> 15;
  return (hash >>> 0) % workers;
}

/** Whether a Call-ID that we make up would be ours: a call's second leg stays with its first. */
export function isOurs(callId: string, pinning: Pick<Pinning, 'worker' | 'workers'>): boolean {
  return workerOf(callId, pinning.workers) === pinning.worker;
}
