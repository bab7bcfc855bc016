import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { audienceOf, sessionHeaderTo } from '../headers/leg-headers.js';
import { presentIdentity } from '../identity/present-party.js';
import type { Leg } from '../leg.js';
import { presentOnTrunk } from '../../trunks/present-on-trunk.js';
import { offerAgain } from './offer-again.js';

export interface Announcement {
  readonly to: Leg;
  readonly about: Leg;
  /**
   * Somebody else has led the call there: a phone that takes no UPDATE is told by re-INVITE. Who went there by themselves,
   * by a key of a menu say, knows; their media is not asked about again only to show a name.
   */
  readonly ledByOthers: boolean;
  /** It was told that it is on hold, by one who has left: an UPDATE without SDP would leave it so. */
  readonly wasHeld?: boolean;
}

/**
 * Tells an answered leg whom it talks to now (RFC 4916, by P-Asserted-Identity): in an UPDATE where the phone takes one
 * (RFC 3311), else in a re-INVITE. Who was told already is not told again.
 */
export function announceParty(
  parts: CallParts,
  call: Call,
  { to, about, ledByOthers, wasHeld = false }: Announcement,
): void {
  const { session } = to;
  to.connectedUuid = about.sessionUuid;
  if (session === undefined || session.state === 'ended' || !to.live) return;
  const presented = to.trunk === undefined ? about.presented : presentOnTrunk(about.presented, to.trunk);
  const headers = { ...presentIdentity(presented, audienceOf(call, to)), ...sessionHeaderTo(to) };
  if (!wasHeld && session.remoteAllow.has('UPDATE')) void session.update({ headers });
  else if (ledByOthers || wasHeld) void offerAgain(parts, to, { direction: 'sendrecv', headers });
}
