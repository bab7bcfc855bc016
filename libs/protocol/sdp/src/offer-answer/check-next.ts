import { buildSessionDescription } from '../build-session-description.js';
import type { MediaDescription, SessionDescription } from '../session-description.js';
import { isDisabled } from '../views/groups.js';
import { rtpFormatsOf } from '../views/rtp-formats.js';

/** What a later description of the same side does that RFC 3264 §8 forbids. */
export type NextProblem =
  /** `o=` names another session: only the version may change (§8). */
  | 'origin-session'
  /** Something changed, and the version did not count up by one; or nothing did, and it changed (§8). */
  | 'origin-version'
  /** Sections may be added, never taken out (§8.2). */
  | 'section-count'
  /** Another kind of media in a live section (§8.3.3). */
  | 'section-type'
  /** A payload type that meant one codec now means another (§8.3.2). */
  | 'payload-type';

/** Everything in which a description breaks the rules for following another of the same side; empty when it may. */
export function checkNext(before: SessionDescription, after: SessionDescription): NextProblem[] {
  const problems: NextProblem[] = [];
  const old = before.origin;
  const now = after.origin;
  const named = ({ username, sessionId, networkType, addressType, address }: typeof old): string =>
    [username, sessionId, networkType, addressType, address].join(' ');
  if (named(old) !== named(now)) problems.push('origin-session');
  const changed =
    buildSessionDescription({ ...after, origin: old }) !== buildSessionDescription({ ...before, origin: old });
  const step = BigInt(now.sessionVersion) - BigInt(old.sessionVersion);
  if (step !== (changed ? 1n : 0n)) problems.push('origin-version');
  if (after.media.length < before.media.length) problems.push('section-count');
  for (const [index, media] of after.media.entries()) {
    const earlier = before.media[index];
    if (earlier === undefined || isDisabled(before, earlier) || isDisabled(after, media)) continue;
    if (earlier.type !== media.type) problems.push('section-type');
    else if (remaps(earlier, media)) problems.push('payload-type');
  }
  return problems;
}

function remaps(before: MediaDescription, after: MediaDescription): boolean {
  const meanings = new Map(
    rtpFormatsOf(before).map(({ payloadType, name, clockRate, channels }) => [
      payloadType,
      `${name.toLowerCase()}/${clockRate}/${channels}`,
    ]),
  );
  return rtpFormatsOf(after).some(({ payloadType, name, clockRate, channels }) => {
    const old = meanings.get(payloadType);
    return old !== undefined && old !== `${name.toLowerCase()}/${clockRate}/${channels}`;
  });
}
