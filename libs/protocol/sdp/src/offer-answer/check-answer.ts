import type { MediaDescription, SessionDescription } from '../session-description.js';
import { hasAttribute } from '../views/attributes.js';
import { narrowDirection, reverseDirection, statedDirectionOf } from '../views/direction.js';
import { groupsOf, isDisabled, midOf } from '../views/groups.js';
import { rtpFormatsOf } from '../views/rtp-formats.js';
import { cryptosOf, dtlsOf, setupFits } from '../views/security.js';

/** What an answer does that its offer does not allow. */
export type AnswerProblem =
  /** Sections differ in number (RFC 3264 §6). */
  | 'section-count'
  /** Another kind of media or another transport in the same place (§6). */
  | 'section-type'
  | 'section-protocol'
  /** A stream that was offered with port 0 is taken (§6). */
  | 'section-disabled'
  /** No format of the offer (§6.1). */
  | 'no-common-format'
  /** Sends what the offer does not take, or the other way (§6.1). */
  | 'direction'
  /** RTP and RTCP on one port, not offered (RFC 5761 §5.1.1). */
  | 'rtcp-mux'
  /** A section renamed (RFC 5888 §9.1). */
  | 'mid'
  /** A BUNDLE that was not offered, or of a rejected section (RFC 8843 §7.3). */
  | 'bundle'
  /** RFC 8842 §5.3. */
  | 'dtls-setup'
  /** A key that was not offered (RFC 4568 §5.1.3). */
  | 'crypto';

/** A problem, and the section it is in, from 0; undefined for the whole. */
export interface AnswerFinding {
  readonly problem: AnswerProblem;
  readonly section: number | undefined;
}

/** Everything in which an answer breaks the rules that its offer set (RFC 3264 §6); empty when it is a good one. */
export function checkAnswer(offer: SessionDescription, answer: SessionDescription): AnswerFinding[] {
  if (offer.media.length !== answer.media.length) return [{ problem: 'section-count', section: undefined }];
  const findings: AnswerFinding[] = checkGroups(offer, answer);
  for (const [section, theirs] of answer.media.entries()) {
    const ours = offer.media[section];
    if (ours === undefined) continue;
    const problems = checkSection({ session: offer, media: ours }, { session: answer, media: theirs });
    findings.push(...problems.map((problem) => ({ problem, section })));
  }
  return findings;
}

interface Side {
  readonly session: SessionDescription;
  readonly media: MediaDescription;
}

function checkSection(offer: Side, answer: Side): AnswerProblem[] {
  const { media: ours } = offer;
  const { media: theirs } = answer;
  const problems: AnswerProblem[] = [];
  if (ours.type !== theirs.type) problems.push('section-type');
  if (ours.protocol !== theirs.protocol) problems.push('section-protocol');
  if (midOf(theirs) !== undefined && midOf(theirs) !== midOf(ours)) problems.push('mid');
  // The rest is about streams that the answer takes.
  if (problems.length > 0 || isDisabled(answer.session, theirs)) return problems;
  if (isDisabled(offer.session, ours)) return ['section-disabled'];
  if (!hasCommonFormat(ours, theirs)) problems.push('no-common-format');
  // An old hold by 0.0.0.0 asks for nothing in the answer's attributes (RFC 4317 §5.1).
  const allowed = reverseDirection(statedDirectionOf(offer.session, ours));
  const chosen = statedDirectionOf(answer.session, theirs);
  if (narrowDirection(chosen, allowed) !== chosen) problems.push('direction');
  if (hasAttribute(theirs, 'rtcp-mux') && !hasAttribute(ours, 'rtcp-mux')) problems.push('rtcp-mux');
  return [...problems, ...checkSecurity(offer, answer)];
}

function checkSecurity(offer: Side, answer: Side): AnswerProblem[] {
  const problems: AnswerProblem[] = [];
  const offered = dtlsOf(offer.session, offer.media);
  const answered = dtlsOf(answer.session, answer.media);
  if (offered !== undefined && answered !== undefined && !setupFits(offered.setup, answered.setup)) {
    problems.push('dtls-setup');
  }
  const keys = cryptosOf(offer.media);
  const chosen = cryptosOf(answer.media);
  const fits = chosen.every((key) => keys.some(({ tag, suite }) => tag === key.tag && suite === key.suite));
  if (chosen.length > 1 || !fits) problems.push('crypto');
  return problems;
}

/** RTP formats are the same by what they mean, others by their text; a number that means nothing fits its like. */
function hasCommonFormat(ours: MediaDescription, theirs: MediaDescription): boolean {
  const meanings = (media: MediaDescription): Set<string> =>
    new Set(
      rtpFormatsOf(media).map(({ name, clockRate, channels }) => `${name.toLowerCase()}/${clockRate}/${channels}`),
    );
  const known = meanings(ours);
  if ([...meanings(theirs)].some((meaning) => known.has(meaning))) return true;
  return theirs.formats.some((format) => ours.formats.includes(format));
}

function checkGroups(offer: SessionDescription, answer: SessionDescription): AnswerFinding[] {
  const offered = groupsOf(offer).filter(({ semantics }) => semantics === 'BUNDLE');
  const wrong = groupsOf(answer).some(({ semantics, mids }) => {
    if (semantics !== 'BUNDLE') return false;
    if (!mids.every((mid) => offered.some((group) => group.mids.includes(mid)))) return true;
    // A rejected section must not be in the group (RFC 8843 §7.3).
    return answer.media.some(
      (media) => media.port === 0 && isDisabled(answer, media) && mids.includes(midOf(media) ?? ''),
    );
  });
  return wrong ? [{ problem: 'bundle', section: undefined }] : [];
}
