import type { IncomingRequest } from '@carillon/sip-stack';
import type { Call } from '../call.js';
import type { CallParts, SessionBehaviour } from '../call-parts.js';
import { otherLeg } from '../actions/other-leg.js';
import { passPolicyOf, sessionHeaderTo } from '../headers/leg-headers.js';
import { passHeaders } from '../headers/pass-headers.js';
import type { Leg } from '../leg.js';

/** Bodies that go from one phone to the other in the dialog; keys are taken by `take-info-keys`. */
const PASSED_BODIES = {
  /** Pictures anew (RFC 5168), and what info packages carry (RFC 6086). */
  INFO: ['application/media_control+xml', 'text/plain', 'application/json'],
  MESSAGE: ['text/plain', 'text/html', 'message/cpim', 'message/imdn+xml', 'application/im-iscomposing+xml'],
} as const;
/** RFC 3428 §8. */
const LONGEST_BODY = 1300;

/** Text that one phone sends the other within a call (RFC 3428 §4). */
export const passMessages: SessionBehaviour = (parts, call, leg, session) => {
  session.on('message', (incoming) => passOn(parts, call, { leg, incoming, method: 'MESSAGE' }));
};

/** Passes a request within a dialog on to the other phone, whose answer is the answer. */
export function passOn(
  parts: CallParts,
  call: Call,
  { leg, incoming, method }: { leg: Leg; incoming: IncomingRequest; method: keyof typeof PASSED_BODIES },
): void {
  const { request } = incoming;
  const types: readonly string[] = PASSED_BODIES[method];
  const { contentType } = request;
  if (contentType === undefined || !types.includes(contentType)) {
    const keys = method === 'INFO' ? ['application/dtmf-relay', 'application/dtmf'] : [];
    incoming.reply(415, { headers: { Accept: [...keys, ...types].join(', ') } });
    return;
  }
  if (request.body.length > LONGEST_BODY) {
    incoming.reply(413);
    return;
  }
  const other = otherLeg(call, leg);
  const session = other?.session;
  if (other === undefined || session === undefined || session.state === 'ended') {
    incoming.reply(480);
    return;
  }
  const crossing = method === 'INFO' ? 'info' : 'message';
  const headers = { ...passHeaders(request, crossing, passPolicyOf(call, leg)), ...sessionHeaderTo(other) };
  session
    .sendRequest({ method, headers, body: request.body, contentType: request.header('Content-Type') ?? contentType })
    .then(
      ({ status }) => incoming.reply(status),
      (error: unknown) => {
        parts.logger.error({ error, callId: call.callId }, 'Cannot pass a message on');
        incoming.reply(500);
      },
    );
}
