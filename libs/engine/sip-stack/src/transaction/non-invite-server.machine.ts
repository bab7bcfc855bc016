import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * Non-INVITE server transaction (RFC 3261 §17.2.2, with RFC 4320: a 100 of our own when the answer takes longer than
 * the client's timer E needs to reach T2, no other provisional response, and §8.8 of RFC 6026 on transport errors).
 * What nobody answers ends when no client waits any more: after its timer F an answer would be a stray (RFC 4320 §4.2).
 *
 * ```text
 *  request --> trying --100 | timer for 100--> proceeding (request again: resend) --unanswered for 64*T1: inform--.
 *                |                                 |                                                              |
 *                | 200-699                         | 200-699    timer J                                           v
 *                `-----------> completed <---------'---------------------------------------------------> terminated
 *                       (request again: resend)
 * ```
 */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteServerEvent =
  'request' | 'provisional' | 'final' | 'timer100' | 'timerUnanswered' | 'timerJ' | 'transportError';
export type NonInviteServerAction =
  | 'send'
  | 'sendTrying'
  | 'resend'
  | 'startTimerUnanswered'
  | 'startTimerJ'
  | 'stopTimers'
  | 'informUnanswered'
  | 'informTransportError';

const complete = { next: 'completed', actions: ['stopTimers', 'send', 'startTimerJ'] } as const;

export const NON_INVITE_SERVER: TransitionTable<NonInviteServerState, NonInviteServerEvent, NonInviteServerAction> = {
  trying: {
    request: stay('trying'),
    provisional: { next: 'proceeding', actions: ['stopTimers', 'send', 'startTimerUnanswered'] },
    final: complete,
    timer100: { next: 'proceeding', actions: ['sendTrying', 'startTimerUnanswered'] },
    timerUnanswered: stay('trying'),
    timerJ: stay('trying'),
    transportError: { next: 'trying', actions: ['informTransportError'] },
  },
  proceeding: {
    request: { next: 'proceeding', actions: ['resend'] },
    provisional: { next: 'proceeding', actions: ['send'] },
    final: complete,
    timer100: stay('proceeding'),
    timerUnanswered: { next: 'terminated', actions: ['stopTimers', 'informUnanswered'] },
    timerJ: stay('proceeding'),
    transportError: { next: 'proceeding', actions: ['informTransportError'] },
  },
  completed: {
    request: { next: 'completed', actions: ['resend'] },
    provisional: stay('completed'),
    final: stay('completed'),
    timer100: stay('completed'),
    timerUnanswered: stay('completed'),
    timerJ: { next: 'terminated', actions: ['stopTimers'] },
    transportError: { next: 'completed', actions: ['informTransportError'] },
  },
  terminated: {
    request: stay('terminated'),
    provisional: stay('terminated'),
    final: stay('terminated'),
    timer100: stay('terminated'),
    timerUnanswered: stay('terminated'),
    timerJ: stay('terminated'),
    transportError: stay('terminated'),
  },
};
