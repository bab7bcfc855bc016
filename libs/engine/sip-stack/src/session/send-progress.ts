import type { ProgressOptions, ProgressResult } from '../api/incoming-invite.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { dialogLines } from './dialog-lines.js';
import { ReliableProgress } from './reliable-progress.js';
import type { Session } from './session.js';

/** 199 Early Dialog Terminated (RFC 6228). */
const EARLY_DIALOG_TERMINATED = 199;

/** A provisional reply to an INVITE, first or later: reliably where it is wanted and possible (RFC 3262 §3). */
export function sendProgress(
  session: Session,
  transaction: ServerTransaction,
  reply: { status: number; options: ProgressOptions },
): ProgressResult {
  const { status, options } = reply;
  const { reason, sdp } = options;
  if (status <= 100 || status >= 200 || transaction.answered) return 'ignored';
  const required = requiresReliable(transaction);
  if (status === EARLY_DIALOG_TERMINATED && !transaction.request.lists('Supported', '199')) return 'ignored';
  const wanted =
    status !== EARLY_DIALOG_TERMINATED &&
    (options.reliable === undefined ? session.core.reliableProvisional === 'required' : options.reliable !== false);
  const reliably = required || (wanted && supportsReliable(session.core, transaction));
  if (wanted && !reliably && options.reliable === true) return 'ignored';
  const headers = [...dialogLines(session, transaction), ...headerLines(options.headers)];
  if (reliably) {
    if (session.reliable?.transaction !== transaction) {
      session.reliable?.stop();
      session.reliable = new ReliableProgress(session, transaction);
    }
    return session.reliable.send({ status, reason, headers, sdp });
  }
  const body = sdp !== undefined && session.negotiation.take('send 1xx', sdp) === 'preview' ? sdp : undefined;
  if (body !== undefined) headers.push(['Content-Type', 'application/sdp']);
  transaction.respond(status, { reason, headers, body });
  return 'unreliable';
}

/** The caller takes reliable replies, and our policy is not against it. */
export function supportsReliable(core: Core, transaction: ServerTransaction): boolean {
  if (core.reliableProvisional === 'off') return false;
  return requiresReliable(transaction) || transaction.request.lists('Supported', '100rel');
}

function requiresReliable({ request }: ServerTransaction): boolean {
  return request.lists('Require', '100rel');
}
