import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * Non-INVITE server transaction (RFC 3261 §17.2.2).
 *
 * ```text
 *  request --> trying ---- 1xx ----> proceeding (request again: resend)
 *                |                       |
 *                | 200-699               | 200-699          timer J
 *                `-----------> completed <'--------------------------> terminated
 *                       (request again: resend) -- transport error: inform --^
 * ```
 */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteServerEvent = 'request' | 'provisional' | 'final' | 'timerJ' | 'transportError';
export type NonInviteServerAction = 'send' | 'resend' | 'startTimerJ' | 'stopTimers' | 'informTransportError';

const complete = { next: 'completed', actions: ['send', 'startTimerJ'] } as const;
const giveUp = { next: 'terminated', actions: ['stopTimers', 'informTransportError'] } as const;

export const NON_INVITE_SERVER: TransitionTable<NonInviteServerState, NonInviteServerEvent, NonInviteServerAction> = {
  trying: {
    request: stay('trying'),
    provisional: { next: 'proceeding', actions: ['send'] },
    final: complete,
    timerJ: stay('trying'),
    transportError: giveUp,
  },
  proceeding: {
    request: { next: 'proceeding', actions: ['resend'] },
    provisional: { next: 'proceeding', actions: ['send'] },
    final: complete,
    timerJ: stay('proceeding'),
    transportError: giveUp,
  },
  completed: {
    request: { next: 'completed', actions: ['resend'] },
    provisional: stay('completed'),
    final: stay('completed'),
    timerJ: { next: 'terminated', actions: ['stopTimers'] },
    transportError: giveUp,
  },
  terminated: {
    request: stay('terminated'),
    provisional: stay('terminated'),
    final: stay('terminated'),
    timerJ: stay('terminated'),
    transportError: stay('terminated'),
  },
};
