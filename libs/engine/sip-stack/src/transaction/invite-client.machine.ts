import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * INVITE client transaction (RFC 3261 §17.1.1, with RFC 6026's Accepted).
 *
 * ```text
 *              timer A: resend
 *                 .--.
 *                 |  v        timer B | transport error | flow closed: inform
 *   INVITE sent  calling ------------------------------------------> terminated
 *                 |  |  `---- 2xx ----------> accepted --timer M-------^  ^
 *             1xx |  | 300-699: ACK   2xx ^                               |
 *                 v  v                    |                               |
 *           proceeding ----- 2xx ---------'                               |
 *                 | 300-699: ACK                                          |
 *                 v                                                       |
 *             completed (300-699 again: ACK) --timer D | transport error--'
 * ```
 */
export type InviteClientState = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';
export type InviteClientEvent =
  'provisional' | 'success' | 'failure' | 'timerA' | 'timerB' | 'timerD' | 'timerM' | 'transportError' | 'flowClosed';
export type InviteClientAction =
  | 'resend'
  | 'startTimerA'
  | 'stopTimers'
  | 'deliver'
  | 'sendAck'
  | 'startTimerD'
  | 'startTimerM'
  | 'informTimeout'
  | 'informTransportError';

const giveUp = { next: 'terminated', actions: ['stopTimers', 'informTransportError'] } as const;

export const INVITE_CLIENT: TransitionTable<InviteClientState, InviteClientEvent, InviteClientAction> = {
  calling: {
    provisional: { next: 'proceeding', actions: ['stopTimers', 'deliver'] },
    success: { next: 'accepted', actions: ['stopTimers', 'startTimerM', 'deliver'] },
    failure: { next: 'completed', actions: ['stopTimers', 'sendAck', 'startTimerD', 'deliver'] },
    timerA: { next: 'calling', actions: ['resend', 'startTimerA'] },
    timerB: { next: 'terminated', actions: ['stopTimers', 'informTimeout'] },
    timerD: stay('calling'),
    timerM: stay('calling'),
    transportError: giveUp,
    flowClosed: giveUp,
  },
  proceeding: {
    provisional: { next: 'proceeding', actions: ['deliver'] },
    success: { next: 'accepted', actions: ['startTimerM', 'deliver'] },
    failure: { next: 'completed', actions: ['sendAck', 'startTimerD', 'deliver'] },
    timerA: stay('proceeding'),
    timerB: stay('proceeding'),
    timerD: stay('proceeding'),
    timerM: stay('proceeding'),
    // A resend that fails late: the peer has the INVITE already.
    transportError: stay('proceeding'),
    // Its only way back is gone (a closed browser tab); waiting for timer C helps nobody.
    flowClosed: giveUp,
  },
  completed: {
    provisional: stay('completed'),
    success: stay('completed'),
    failure: { next: 'completed', actions: ['sendAck'] },
    timerA: stay('completed'),
    timerB: stay('completed'),
    timerD: { next: 'terminated', actions: ['stopTimers'] },
    timerM: stay('completed'),
    // The ACK of a failure could not be sent.
    transportError: giveUp,
    flowClosed: { next: 'terminated', actions: ['stopTimers'] },
  },
  accepted: {
    provisional: stay('accepted'),
    success: { next: 'accepted', actions: ['deliver'] },
    failure: stay('accepted'),
    timerA: stay('accepted'),
    timerB: stay('accepted'),
    timerD: stay('accepted'),
    timerM: { next: 'terminated', actions: ['stopTimers'] },
    transportError: stay('accepted'),
    flowClosed: stay('accepted'),
  },
  terminated: {
    provisional: stay('terminated'),
    success: stay('terminated'),
    failure: stay('terminated'),
    timerA: stay('terminated'),
    timerB: stay('terminated'),
    timerD: stay('terminated'),
    timerM: stay('terminated'),
    transportError: stay('terminated'),
    flowClosed: stay('terminated'),
  },
};
