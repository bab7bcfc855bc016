import type { SipRequest } from '@carillon/sip-message';
import type { Flow } from '../api/flow.js';

/** Which worker of several a call belongs to, and the way to the others. */
export interface Pinning {
  /** Our own number, from 0. */
  readonly worker: number;
  readonly workers: number;
  readonly handOver: HandOver;
  /**
   * Asked about an INVITE that begins a call of ours, before anything is done with it: another worker that should have the
   * call, say because it has others of the same people; undefined keeps it. On the path of every call.
   */
  readonly prefer?: (request: SipRequest, flow: Flow) => number | undefined;
}

/**
 * What workers tell each other.
 *
 * | kind       | id      | octets                                                                             |
 * | ---------- | ------- | ---------------------------------------------------------------------------------- |
 * | `received` | flow    | a message that came in here, or at `holder`, and belongs there by its Call-ID       |
 * | `moved`    | flow    | the same of a call that is to be there though its Call-ID says otherwise            |
 * | `send`     | flow    | a message that is to leave by a connection of the other worker                      |
 * | `heard`    | flow    | a keep-alive that came over UDP, for whoever waits for it                           |
 * | `opened`   | flow    | a connection of ours carried its first message; JSON: who its peer has proved to be |
 * | `closed`   | flow    | it is gone                                                                          |
 * | `watch`    | flow    | JSON: whether the peer is still there is to be watched, as `Flow.keepAlive` does    |
 * | `unwatch`  | flow    | JSON: no more                                                                       |
 * | `dead`     | flow    | JSON: it is not                                                                     |
 * | `keeps`    | Call-ID | has the call, to the worker that the Call-ID names; to all while that one is away    |
 */
export interface HandOverFrame {
  readonly kind: HandOverKind;
  readonly id: string;
  /** Who has the connection that it came over. */
  readonly holder: number;
  readonly bytes: Buffer;
}

export const HAND_OVER_KINDS = [
  'received',
  'moved',
  'send',
  'heard',
  'opened',
  'closed',
  'watch',
  'unwatch',
  'dead',
  'keeps',
] as const;
export type HandOverKind = (typeof HAND_OVER_KINDS)[number];

export interface HandOver {
  /**
   * A frame may get lost, like a datagram: SIP repeats what matters. @param sure by the slower way that loses and
   * overtakes nothing
   */
  send(worker: number, frame: HandOverFrame, sure?: boolean): void;
  /** What comes before somebody receives is kept, where it was sent by the sure way. */
  receive(handler: (from: number, frame: HandOverFrame) => void): void;
  /** Hears of workers that come and go, and at once of those that are there. */
  onMember(handler: (worker: number, state: 'here' | 'gone') => void): void;
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
