import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * Non-INVITE server transaction (RFC 3261 §17.2.2, with RFC 4320: a 100 of our own when the answer takes longer than
 * the client's timer E needs to reach T2, no other provisional response, and §8.8 of RFC 6026 on transport errors).
 *
 * ```text
 *  request --> trying --100 | timer for 100--> proceeding (request again: resend)
 *                |                                 |
 *                | 200-699                         | 200-699    timer J
 *                `-----------> completed <---------'---------------------> terminated
 *                       (request again: resend)
 * ```
 */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteServerEvent = 'request' | 'provisional' | 'final' | 'timer100' | 'timerJ' | 'transportError';
export type NonInviteServerAction =
  'send' | 'sendTrying' | 'resend' | 'startTimerJ' | 'stopTimers' | 'informTransportError';

const complete = { next: 'completed', actions: ['stopTimers', 'send', 'startTimerJ'] } as const;

export const NON_INVITE_SERVER: TransitionTable<NonInviteServerState, NonInviteServerEvent, NonInviteServerAction> = {
  trying: {
    request: stay('trying'),
    provisional: { next: 'proceeding', actions: ['stopTimers', 'send'] },
    final: complete,
    timer100: { next: 'proceeding', actions: ['sendTrying'] },
    timerJ: stay('trying'),
    transportError: { next: 'trying', actions: ['informTransportError'] },
  },
  proceeding: {
    request: { next: 'proceeding', actions: ['resend'] },
    provisional: { next: 'proceeding', actions: ['send'] },
    final: complete,
    timer100: stay('proceeding'),
    timerJ: stay('proceeding'),
    transportError: { next: 'proceeding', actions: ['informTransportError'] },
  },
  completed: {
    request: { next: 'completed', actions: ['resend'] },
    provisional: stay('completed'),
    final: stay('completed'),
    timer100: stay('completed'),
    timerJ: { next: 'terminated', actions: ['stopTimers'] },
    transportError: { next: 'completed', actions: ['informTransportError'] },
  },
  terminated: {
    request: stay('terminated'),
    provisional: stay('terminated'),
    final: stay('terminated'),
    timer100: stay('terminated'),
    timerJ: stay('terminated'),
    transportError: stay('terminated'),
  },
};
