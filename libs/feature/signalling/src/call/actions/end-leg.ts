import { buildReason, reasonPhrase, type Reason } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { CallParts } from '../call-parts.js';
import { sessionHeaderTo } from '../headers/leg-headers.js';
import type { Leg } from '../leg.js';

export interface LegEnd {
  /** In words, for people. */
  readonly reason: string;
  /** Sent where the leg was not answered yet; 480 unless told otherwise. */
  readonly sipStatus?: number;
  /** Told to the phone (RFC 3326). */
  readonly cause?: Reason | readonly Reason[];
  /** What else of the message that ended the other side goes on to this one. */
  readonly headers?: HeaderFields;
}

/** RFC 3326: why the devices that did not answer stop ringing without a missed call. */
export const COMPLETED_ELSEWHERE: LegEnd = {
  reason: 'Completed elsewhere',
  cause: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
};

/** Ends one side, in whatever state it is, and its media. Idempotent. Resolves when the media's figures are there. */
export function endLeg({ media }: CallParts, leg: Leg, { reason, sipStatus, cause, headers }: LegEnd): Promise<void> {
  if (!leg.apply('end')) return Promise.resolve();
  leg.reason ??= reason;
  leg.sipStatus ??= sipStatus ?? null;
  endSignalling(leg, { sipStatus: sipStatus ?? 480, cause, headers: { ...headers, ...sessionHeaderTo(leg) } });
  return media.close(leg);
}

function endSignalling(leg: Leg, end: { sipStatus: number; cause: LegEnd['cause']; headers: HeaderFields }): void {
  const { cause, headers, sipStatus } = end;
  const options = cause === undefined ? {} : { reason: cause };
  if (leg.session !== undefined) {
    if (leg.session.state !== 'ended') void leg.session.bye({ ...options, headers });
    return;
  }
  if (leg.origin.kind === 'outgoing') {
    leg.origin.invite?.cancel(options);
    return;
  }
  if (leg.origin.invite.state !== 'ringing') return;
  const causes = cause === undefined ? [] : 'protocol' in cause ? [cause] : cause;
  // RFC 6432: why a request was refused, in the refusal.
  const reasons: HeaderFields = causes.length === 0 ? {} : { Reason: causes.map(buildReason) };
  leg.origin.invite.reject(sipStatus, { reason: reasonPhrase(sipStatus), headers: { ...reasons, ...headers } });
}
