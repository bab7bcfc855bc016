import { stay } from './transition.js';
import type { TransitionTable } from './transition.js';

/**
 * INVITE server transaction (RFC 3261 §17.2.1 as RFC 6026 §8.6 draws it). Its 100 is sent by its user, or by a timer,
 * well within the 200 ms that the RFC gives, when nothing was said by then.
 * A transport error tells the user and changes nothing: the INVITE that comes again must still be known (§7.1).
 *
 * ```text
 *    INVITE again: resend last 1xx; timer for 100: send it
 *                 .--.
 *                 |  v
 *  INVITE -----> proceeding ---- 2xx ----> accepted --timer L---> terminated
 *                  |                 (INVITE again: absorbed)        ^ ^
 *                  | 300-699         (2xx again: send)               | |
 *                  v                                                 | |
 *              completed --ACK--> confirmed --timer I----------------' |
 *                  |  (INVITE again | timer G: resend)                 |
 *                  `-- timer H: inform --------------------------------'
 * ```
 */
export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
export type InviteServerEvent =
  | 'request'
  | 'ack'
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timer100'
  | 'timerG'
  | 'timerH'
  | 'timerI'
  | 'timerL'
  | 'transportError';
export type InviteServerAction =
  | 'send'
  | 'sendTrying'
  | 'resend'
  | 'startTimerG'
  | 'startTimerH'
  | 'startTimerI'
  | 'startTimerL'
  | 'stopTimers'
  | 'informNoAck'
  | 'informTransportError';

export const INVITE_SERVER: TransitionTable<InviteServerState, InviteServerEvent, InviteServerAction> = {
  proceeding: {
    request: { next: 'proceeding', actions: ['resend'] },
    ack: stay('proceeding'),
    provisional: { next: 'proceeding', actions: ['stopTimers', 'send'] },
    success: { next: 'accepted', actions: ['stopTimers', 'send', 'startTimerL'] },
    failure: { next: 'completed', actions: ['stopTimers', 'send', 'startTimerG', 'startTimerH'] },
    timer100: { next: 'proceeding', actions: ['sendTrying'] },
    timerG: stay('proceeding'),
    timerH: stay('proceeding'),
    timerI: stay('proceeding'),
    timerL: stay('proceeding'),
    transportError: { next: 'proceeding', actions: ['informTransportError'] },
  },
  accepted: {
    request: stay('accepted'),
    ack: stay('accepted'),
    provisional: stay('accepted'),
    // The user agent core repeats its 2xx until the ACK comes (RFC 3261 §13.3.1.4).
    success: { next: 'accepted', actions: ['send'] },
    failure: stay('accepted'),
    timer100: stay('accepted'),
    timerG: stay('accepted'),
    timerH: stay('accepted'),
    timerI: stay('accepted'),
    timerL: { next: 'terminated', actions: ['stopTimers'] },
    transportError: { next: 'accepted', actions: ['informTransportError'] },
  },
  completed: {
    request: { next: 'completed', actions: ['resend'] },
    ack: { next: 'confirmed', actions: ['stopTimers', 'startTimerI'] },
    provisional: stay('completed'),
    success: stay('completed'),
    failure: stay('completed'),
    timer100: stay('completed'),
    timerG: { next: 'completed', actions: ['resend', 'startTimerG'] },
    timerH: { next: 'terminated', actions: ['stopTimers', 'informNoAck'] },
    timerI: stay('completed'),
    timerL: stay('completed'),
    transportError: { next: 'completed', actions: ['informTransportError'] },
  },
  confirmed: {
    request: stay('confirmed'),
    ack: stay('confirmed'),
    provisional: stay('confirmed'),
    success: stay('confirmed'),
    failure: stay('confirmed'),
    timer100: stay('confirmed'),
    timerG: stay('confirmed'),
    timerH: stay('confirmed'),
    timerI: { next: 'terminated', actions: ['stopTimers'] },
    timerL: stay('confirmed'),
    transportError: stay('confirmed'),
  },
  terminated: {
    request: stay('terminated'),
    ack: stay('terminated'),
    provisional: stay('terminated'),
    success: stay('terminated'),
    failure: stay('terminated'),
    timer100: stay('terminated'),
    timerG: stay('terminated'),
    timerH: stay('terminated'),
    timerI: stay('terminated'),
    timerL: stay('terminated'),
    transportError: stay('terminated'),
  },
};
