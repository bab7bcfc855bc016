import type { SessionEnd } from '@carillon/sip-stack';
import { endCall, type CallEnd } from '../actions/end-call.js';
import type { Call } from '../call.js';
import { remarks } from '../../ladder/remarks.js';
import type { SessionBehaviour } from '../call-parts.js';
import { passPolicyOf } from '../headers/leg-headers.js';
import { passHeaders, passReasons } from '../headers/pass-headers.js';
import type { Leg } from '../leg.js';

const WORDS: Readonly<Record<SessionEnd['kind'], string>> = {
  bye: 'Hung up',
  'not-accepted': 'Not answered',
  terminated: 'This phone was given up',
  cancelled: 'Cancelled by the caller',
  'no-answer': 'The phone did not say what media it takes',
  'no-ack': 'No acknowledgement from the phone',
  expired: 'The phone did not refresh the session',
  lost: 'The phone does not answer any more',
  replaced: 'Another call took its place',
  closed: 'Service stopping',
};

/** A phone hangs up, or is lost: with it ends the call, unless the leg had left the conversation before. */
export const endWithLeg: SessionBehaviour = (parts, call, leg, session) => {
  session.on('ended', (end) => {
    parts.ladders.note(call, remarks.sessionEnded(leg.legId, end));
    if (!leg.live) return;
    const by = leg.role === 'caller' ? 'caller' : 'called party';
    const reason = end.kind === 'bye' ? `Hung up by the ${by}` : WORDS[end.kind];
    leg.apply('end');
    leg.reason = reason;
    const closing = parts.media.close(leg);
    if (leg === call.led || leg === call.peer)
      endCall(parts, call, { outcome: 'cancelled', reason, cause: causeOf(end), headers: headersOf(call, leg, end) });
    else void closing.then(() => parts.calls.updated(call));
  });
};

function causeOf({ reasons }: SessionEnd): CallEnd['cause'] {
  return reasons.length === 0 ? undefined : passReasons(reasons);
}

/** What else the BYE says, for the other side. */
function headersOf(call: Call, leg: Leg, { request }: SessionEnd): CallEnd['headers'] {
  return request === undefined ? undefined : passHeaders(request, 'bye', passPolicyOf(call, leg));
}
