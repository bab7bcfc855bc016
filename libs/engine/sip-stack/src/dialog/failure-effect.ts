/** How far a failure of a request inside a dialog reaches (RFC 5057 §5). */
export type FailureEffect =
  /** Only the request failed. */
  | 'transaction'
  /** What the request belongs to (a session, a subscription) is over; other usages of the dialog live on. */
  | 'usage'
  /** The dialog is broken, with everything on it. */
  | 'dialog';

/**
 * The Request-URI was the peer's own Contact and the route its own Record-Route, so these say that the dialog's state is wrong
 * (RFC 5057 §5.1: 404, 410, 416, 482–485, 502, 604).
 */
const DIALOG = new Set([404, 410, 416, 482, 483, 484, 485, 502, 604]);

/** The usage ends, whatever the method (RFC 5057 §5.1, RFC 3261 §12.2.1.2). */
const USAGE = new Set([408, 481]);

/** The usage ends when the method is what makes or refreshes it; a 405 to an INFO ends nothing. */
const USAGE_OF_ITS_METHOD = new Set([405, 480, 489, 501]);

const REFRESHING: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'NOTIFY']);

/** What a final failure (300–699) of a request inside a dialog ends. */
export function failureEffect(method: string, status: number): FailureEffect {
  // RFC 3262 §3: 481 to a PRACK says that its response is not waiting any more, which a crossing final response explains.
  if (method === 'PRACK' && status === 481) return 'transaction';
  // A REFER's own target may be what is not found or incomplete: deployed phones answer so.
  if (method === 'REFER' && (status === 404 || status === 484 || status === 485)) return 'transaction';
  if (DIALOG.has(status)) return 'dialog';
  if (USAGE.has(status)) return 'usage';
  return USAGE_OF_ITS_METHOD.has(status) && REFRESHING.has(method) ? 'usage' : 'transaction';
}
