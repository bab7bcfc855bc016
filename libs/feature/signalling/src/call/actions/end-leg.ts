import { reasonPhrase, type Reason } from '@carillon/sip-message';
import type { CallParts } from '../call-parts.js';
import type { Leg } from '../leg.js';

export interface LegEnd {
  /** In words, for people. */
  readonly reason: string;
  /** Sent where the leg was not answered yet; 480 unless told otherwise. */
  readonly sipStatus?: number;
  /** Told to the phone (RFC 3326). */
  readonly cause?: Reason;
}

/** RFC 3326: why the devices that did not answer stop ringing without a missed call. */
export const COMPLETED_ELSEWHERE: LegEnd = {
  reason: 'Completed elsewhere',
  cause: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
};

/** Ends one side, in whatever state it is, and its media. Idempotent. Resolves when the media's figures are there. */
export function endLeg({ media }: CallParts, leg: Leg, { reason, sipStatus, cause }: LegEnd): Promise<void> {
  if (!leg.apply('end')) return Promise.resolve();
  leg.reason ??= reason;
  leg.sipStatus ??= sipStatus ?? null;
  endSignalling(leg, { reason, sipStatus: sipStatus ?? 480, cause });
  return media.close(leg);
}

function endSignalling(leg: Leg, end: { reason: string; sipStatus: number; cause: Reason | undefined }): void {
  const options = end.cause === undefined ? {} : { reason: end.cause };
  if (leg.session !== undefined) {
    if (leg.session.state !== 'ended') void leg.session.bye(options);
    return;
  }
  if (leg.origin.kind === 'outgoing') {
    leg.origin.invite?.cancel(options);
    return;
  }
  if (leg.origin.invite.state === 'ringing')
    leg.origin.invite.reject(end.sipStatus, { reason: reasonPhrase(end.sipStatus) });
}
