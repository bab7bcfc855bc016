import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * Non-INVITE client transaction (RFC 3261 §17.1.2).
 *
 * ```text
 *           timer E: resend
 *               .--.
 *               |  v      timer F | transport error | flow closed: inform
 *  request --> trying ----------------------------------------> terminated
 *               | `------- 200-699 -------> completed --timer K----^   ^
 *           1xx |                              ^                       |
 *               v                              |                       |
 *           proceeding ------- 200-699 --------'                       |
 *            (timer E: resend) ---- timer F | flow closed: inform -----'
 * ```
 */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteClientEvent =
  'provisional' | 'final' | 'timerE' | 'timerF' | 'timerK' | 'transportError' | 'flowClosed';
export type NonInviteClientAction =
  | 'resend'
  | 'startTimerE'
  | 'slowTimerE'
  | 'stopTimers'
  | 'deliver'
  | 'startTimerK'
  | 'informTimeout'
  | 'informTransportError';

const giveUp = { next: 'terminated', actions: ['stopTimers', 'informTransportError'] } as const;
const timeOut = { next: 'terminated', actions: ['stopTimers', 'informTimeout'] } as const;
const complete = { next: 'completed', actions: ['stopTimers', 'startTimerK', 'deliver'] } as const;

export const NON_INVITE_CLIENT: TransitionTable<NonInviteClientState, NonInviteClientEvent, NonInviteClientAction> = {
  trying: {
    provisional: { next: 'proceeding', actions: ['deliver'] },
    final: complete,
    timerE: { next: 'trying', actions: ['resend', 'startTimerE'] },
    timerF: timeOut,
    timerK: stay('trying'),
    transportError: giveUp,
    flowClosed: giveUp,
  },
  proceeding: {
    provisional: { next: 'proceeding', actions: ['deliver'] },
    final: complete,
    timerE: { next: 'proceeding', actions: ['resend', 'slowTimerE'] },
    timerF: timeOut,
    timerK: stay('proceeding'),
    transportError: giveUp,
    flowClosed: giveUp,
  },
  completed: {
    provisional: stay('completed'),
    final: stay('completed'),
    timerE: stay('completed'),
    timerF: stay('completed'),
    timerK: { next: 'terminated', actions: ['stopTimers'] },
    transportError: stay('completed'),
    flowClosed: stay('completed'),
  },
  terminated: {
    provisional: stay('terminated'),
    final: stay('terminated'),
    timerE: stay('terminated'),
    timerF: stay('terminated'),
    timerK: stay('terminated'),
    transportError: stay('terminated'),
    flowClosed: stay('terminated'),
  },
};
