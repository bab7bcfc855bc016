import type { CommandAnswer } from '@carillon/event-bus';
import type { CommandPayload } from '@carillon/contracts';
import { remarks } from '../../ladder/remarks.js';
import { routeRedirect, type Route } from '../../routing/route-call.js';
import { OUTCOME_OF_FAILURE } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { failCall } from './end-call.js';
import { endLeg } from './end-leg.js';
import { followRoute } from './follow-route.js';
import { endUntaken } from './end-untaken.js';
import { takeBack } from './take-back.js';

/** `call.redirect`: leads the caller somewhere else. Answered as soon as the new route is known. */
export async function redirectCall(
  parts: CallParts,
  { organisationId, callId, target, fallback }: CommandPayload<'call.redirect'>,
): Promise<CommandAnswer<'call.redirect'>> {
  const call = parts.calls.find(organisationId, callId);
  const directory = await parts.directories.of(organisationId);
  if (call?.led === undefined || directory === undefined || call.state === 'ended')
    return { ok: false, code: 'CALL.GONE' };
  const route = routeRedirect(directory, target, call.from.userId);
  if (route.steps.length === 0) return { ok: false, code: 'CALL.NO_ROUTE', detail: 'Nobody has this number' };
  parts.ladders.note(call, remarks.redirected(target, route));
  lead(parts, call, route, fallback).catch((error: unknown) => failCall(parts, call, error));
  return { ok: true };
}

async function lead(parts: CallParts, call: Call, route: Route, fallback: 'target' | 'return'): Promise<void> {
  await leavePeer(parts, call);
  if (fallback === 'target') {
    await takeBack(parts, call);
    await followRoute(parts, call, route, { exhausted: (failure) => endUntaken(parts, call, failure) });
    return;
  }
  // The application keeps the caller until somebody answers, so the target's own mailbox is not asked.
  const ringOnly: Route = { ...route, steps: withoutMailbox(route.steps) };
  await followRoute(parts, call, ringOnly, {
    exhausted: async ({ kind }) => {
      if (call.led !== undefined) await parts.media.stopPlaying(call.led);
      const { organisationId, callId } = call;
      parts.bus.publish('call.redirect-failed', { organisationId, callId, outcome: OUTCOME_OF_FAILURE[kind] });
    },
  });
}

/** Without the mailbox behind a ringing; a route to a mailbox alone stays. */
function withoutMailbox(steps: Route['steps']): Route['steps'] {
  return steps.some(({ kind }) => kind === 'ring') ? steps.filter(({ kind }) => kind !== 'leave-voicemail') : steps;
}

async function leavePeer(parts: CallParts, call: Call): Promise<void> {
  const { peer, led } = call;
  if (peer === undefined || led === undefined) return;
  call.peer = undefined;
  await parts.media.disconnect(led);
  void endLeg(parts, peer, { reason: 'The other party was led elsewhere' });
}
