import type { IncomingInvite } from '@carillon/sip-stack';
import type { RouteStep } from '../../routing/route-call.js';
import { remarks } from '../../ladder/remarks.js';
import { mustEncrypt, offerToTrunk } from '../../trunks/trunk-encryption.js';
import { mediaWarning } from '../headers/media-warning.js';
import { statusOfCode, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { passReasons } from '../headers/pass-headers.js';
import { isLoop } from '../history/call-history.js';
import type { Leg } from '../leg.js';
import { endCall } from './end-call.js';
import { endUntaken } from './end-untaken.js';
import { followRoute } from './follow-route.js';

/** Where a caller's INVITE is led. */
export interface Leading {
  readonly invite: IncomingInvite;
  readonly steps: readonly RouteStep[];
  /** What became of the steps before these. */
  readonly after?: CallFailure;
}

/** Opens the caller's media and tries the steps; the caller may give up at any time. */
export async function leadCall(
  parts: CallParts,
  call: Call,
  led: Leg,
  { invite, steps, after }: Leading,
): Promise<void> {
  invite.onCancelled((reasons) =>
    endCall(parts, call, {
      outcome: 'cancelled',
      reason: 'Cancelled by the caller',
      sipStatus: 487,
      cause: passReasons(reasons),
    }),
  );
  if (steps.length === 0) {
    endCall(parts, call, { outcome: 'failed', reason: 'Unknown number', sipStatus: 404 });
    return;
  }
  if (isLoop(call.history, call.to.number)) {
    endCall(parts, call, { outcome: 'failed', reason: 'The number sent this call on before', sipStatus: 482 });
    return;
  }
  const { trunk } = led;
  const opened = await parts.media.open(call, led, {
    offer: invite.offer,
    encryption: trunk === undefined ? undefined : offerToTrunk(trunk, invite.source.protocol),
    towards: invite.source.address,
    mustEncrypt: mustEncrypt(trunk),
  });
  if (!opened.ok) {
    parts.ladders.note(call, remarks.mediaRefused(led.legId, opened.detail ?? opened.code));
    const headers = mediaWarning(opened, call.domain);
    endCall(parts, call, { outcome: 'failed', reason: opened.code, sipStatus: statusOfCode(opened.code), headers });
    return;
  }
  if (invite.offer === undefined) led.offer = opened.sdp;
  await followRoute(parts, call, { steps }, { after, exhausted: (failure) => endUntaken(parts, call, failure) });
}
