import { buildReason, reasonPhrase, type Reason } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { CallParts } from '../call-parts.js';
import type { HeadersInMaking } from '../headers/pass-headers.js';
import { addSession } from '../headers/session-identifier.js';
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
  /** What it is told before: a phone reads none of a dialog that has ended. */
  readonly lastNews?: Promise<unknown> | undefined;
}

/** RFC 3326: why the devices that did not answer stop ringing without a missed call. */
export const COMPLETED_ELSEWHERE: LegEnd = {
  reason: 'Completed elsewhere',
  cause: { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
};

/** RFC 3326: a BYE for a session whose description cannot be taken, which is too late to refuse. @param why one sentence */
export function notAcceptable(why: string): Reason {
  return { protocol: 'SIP', cause: 488, text: why };
}

/** Ends one side, in whatever state it is, and its media. Idempotent. Resolves when the media's figures are there. */
export function endLeg({ media }: CallParts, leg: Leg, end: LegEnd): Promise<void> {
  if (!leg.apply('end')) return Promise.resolve();
  const { reason, sipStatus, cause, headers, lastNews } = end;
  leg.reason ??= reason;
  leg.sipStatus ??= sipStatus ?? null;
  const over = { sipStatus: sipStatus ?? 480, cause, headers };
  if (lastNews === undefined) endSignalling(leg, over);
  else void lastNews.then(() => endSignalling(leg, over));
  return media.close(leg);
}

function endSignalling(
  leg: Leg,
  { sipStatus, cause, headers }: Pick<LegEnd, 'cause' | 'headers'> & { sipStatus: number },
): void {
  const { session, origin } = leg;
  if (session !== undefined) {
    if (session.state !== 'ended') void session.bye({ reason: cause ?? NO_CAUSE, headers: headersFor(leg, headers) });
    return;
  }
  if (origin.kind === 'outgoing') {
    origin.invite?.cancel({ reason: cause ?? NO_CAUSE });
    return;
  }
  if (origin.invite.state !== 'ringing') return;
  const told = headersFor(leg, headers);
  const causes = cause === undefined ? NO_CAUSE : 'protocol' in cause ? [cause] : cause;
  // RFC 6432: why a request was refused, in the refusal; what came with that of the other side is that very cause.
  if (causes.length > 0) told['Reason'] ??= causes.map(buildReason);
  origin.invite.reject(sipStatus, { reason: reasonPhrase(sipStatus), headers: told });
}

const NO_CAUSE: readonly Reason[] = [];

function headersFor({ connectedUuid, sessionUuid }: Leg, headers: HeaderFields | undefined): HeadersInMaking {
  const told: HeadersInMaking = {};
  if (headers !== undefined) Object.assign(told, headers);
  addSession(told, connectedUuid, sessionUuid);
  return told;
}
