import { stay } from '../transaction/transition.js';
import type { TransitionTable } from '../transaction/transition.js';

/**
 * One branch of a forwarded request, from its sending to its last response (RFC 3261 §16.7, §16.8, §9.1). A CANCEL
 * has to wait for the first provisional response; a 100 (`trying`) is one, but goes no further and leaves timer C alone.
 *
 * ```text
 *      100 | 1xx: forward                cancel | timer C: CANCEL
 *  trying ----------------> proceeding ---------------------------> cancelling
 *    | `- cancel -> waiting ------------- 1xx: CANCEL ----------------^    |
 *    |                 |          |                                        | timer C: give up
 *    `--- final | timeout | error: collect; 2xx: forward ---> done <-------'   (2xx again: forward)
 * ```
 */
export type BranchState = 'trying' | 'waiting' | 'proceeding' | 'cancelling' | 'done';
export type BranchEvent =
  'trying' | 'provisional' | 'success' | 'failure' | 'timeout' | 'transportError' | 'timerC' | 'cancel';
export type BranchAction =
  | 'forward'
  | 'startTimerC'
  | 'stopTimerC'
  | 'sendCancel'
  | 'awaitCancelled'
  | 'collect'
  | 'collectTimeout'
  | 'collectUnreachable'
  | 'abandon';

const succeed = { next: 'done', actions: ['stopTimerC', 'forward'] } as const;
const fail = { next: 'done', actions: ['stopTimerC', 'collect'] } as const;
const timeOut = { next: 'done', actions: ['stopTimerC', 'collectTimeout'] } as const;
const lose = { next: 'done', actions: ['stopTimerC', 'collectUnreachable'] } as const;
/** §16.8, §9.1: nothing more is expected of the client transaction. */
const giveUp = { next: 'done', actions: ['abandon', 'collectTimeout'] } as const;
const callOff = { next: 'cancelling', actions: ['sendCancel', 'awaitCancelled'] } as const;

export const PROXY_BRANCH: TransitionTable<BranchState, BranchEvent, BranchAction> = {
  trying: {
    trying: { next: 'proceeding', actions: [] },
    provisional: { next: 'proceeding', actions: ['startTimerC', 'forward'] },
    success: succeed,
    failure: fail,
    timeout: timeOut,
    transportError: lose,
    timerC: giveUp,
    cancel: { next: 'waiting', actions: [] },
  },
  waiting: {
    trying: callOff,
    provisional: callOff,
    success: succeed,
    failure: fail,
    timeout: timeOut,
    transportError: lose,
    timerC: giveUp,
    cancel: stay('waiting'),
  },
  proceeding: {
    trying: stay('proceeding'),
    // §16.7 item 2: every provisional response but 100 starts timer C anew.
    provisional: { next: 'proceeding', actions: ['startTimerC', 'forward'] },
    success: succeed,
    failure: fail,
    timeout: timeOut,
    transportError: lose,
    timerC: callOff,
    cancel: callOff,
  },
  cancelling: {
    trying: stay('cancelling'),
    provisional: stay('cancelling'),
    success: succeed,
    failure: fail,
    timeout: timeOut,
    transportError: lose,
    timerC: giveUp,
    cancel: stay('cancelling'),
  },
  done: {
    trying: stay('done'),
    provisional: stay('done'),
    // A 2xx sent again, or of another branch of a fork behind us: all of them go back (§16.7 item 5).
    success: { next: 'done', actions: ['forward'] },
    failure: stay('done'),
    timeout: stay('done'),
    transportError: stay('done'),
    timerC: stay('done'),
    cancel: stay('done'),
  },
};
