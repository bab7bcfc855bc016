import { parseNameAddress, parseUri } from '@carillon/sip-message';
import type { IncomingRequest, InviteSession } from '@carillon/sip-stack';
import { remarks } from '../../ladder/remarks.js';
import { normaliseNumber, routeNumber } from '../../routing/route-call.js';
import { failCall } from '../actions/end-call.js';
import { endLeg } from '../actions/end-leg.js';
import { followRoute } from '../actions/follow-route.js';
import { endUntaken } from '../actions/start-call.js';
import { statusOfCode, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts, SessionBehaviour } from '../call-parts.js';
import type { Leg } from '../leg.js';

/** One of the two who talk sends the other on to a number (REFER, RFC 3515, RFC 5589 §6). */
export const transferBlind: SessionBehaviour = (parts, call, leg, session) => {
  session.on('refer', (incoming) => {
    transfer(parts, call, { leg, session, incoming }).catch((error: unknown) => failCall(parts, call, error));
  });
};

interface Transferor {
  readonly leg: Leg;
  readonly session: InviteSession;
  readonly incoming: IncomingRequest;
}

async function transfer(parts: CallParts, call: Call, { leg, session, incoming }: Transferor): Promise<void> {
  const other = leg === call.led ? call.peer : leg === call.peer ? call.led : undefined;
  const number = referredNumber(incoming.request.header('Refer-To'));
  if (number === undefined) {
    incoming.reply(400, { reason: 'Bad Refer-To' });
    return;
  }
  if (other === undefined || call.control !== 'signalling') {
    incoming.reply(603, { reason: 'Nobody to transfer' });
    return;
  }
  const directory = await parts.directories.of(call.organisationId);
  const route = directory === undefined ? undefined : routeNumber(directory, number, other.party.userId);
  if (route === undefined || route.steps.length === 0) {
    incoming.reply(statusOfCode('CALL.NO_ROUTE'));
    return;
  }
  incoming.reply(202);
  parts.ladders.note(call, remarks.transferred(leg.legId, number));
  await notify(session, 100, 'active;expires=60');
  call.led = other;
  call.peer = undefined;
  await parts.media.disconnect(other);
  await followRoute(parts, call, route, {
    taken: () => {
      void notify(session, 200, 'terminated;reason=noresource');
      void endLeg(parts, leg, { reason: 'Transferred' }).then(() => parts.calls.updated(call));
    },
    exhausted: (failure) => bringBack(parts, call, { leg, session, other, failure }),
  });
}

/** Nobody took the transferred party: back to who sent it, if still there. */
async function bringBack(
  parts: CallParts,
  call: Call,
  back: { leg: Leg; session: InviteSession; other: Leg; failure: CallFailure },
): Promise<void> {
  const { leg, session, other, failure } = back;
  void notify(session, failure.sipStatus, 'terminated;reason=noresource');
  await parts.media.stopPlaying(other);
  const connected = leg.live ? await parts.media.connect(other, leg) : { ok: false };
  if (connected.ok) call.peer = leg;
  else endUntaken(parts, call, failure);
}

async function notify(session: InviteSession, status: number, subscriptionState: string): Promise<void> {
  if (session.state === 'ended') return;
  await session.notify({
    event: 'refer',
    subscriptionState,
    contentType: 'message/sipfrag;version=2.0',
    body: `SIP/2.0 ${status} ${status === 100 ? 'Trying' : status === 200 ? 'OK' : 'Failed'}\r\n`,
  });
}

/** The number in Refer-To. With `Replaces` it would be an attended transfer, which is not done here. */
function referredNumber(referTo: string | undefined): string | undefined {
  const address = referTo === undefined ? undefined : parseNameAddress(referTo);
  const uri = address === undefined ? undefined : parseUri(address.uri);
  if (uri?.scheme === 'tel') return uri.number;
  if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined || uri.headers) return undefined;
  return normaliseNumber(uri.user);
}
