import { reasonPhrase } from '@carillon/sip-message';
import type { SessionEnd } from '@carillon/sip-stack';
import type { OfferedEncryption, Party, RedirectTarget, VoiceApp } from '@carillon/contracts';
import type { Caller } from '../inbound/caller.js';
import type { Route, RouteStep } from '../routing/route-call.js';
import type { Remark } from './entry-log.js';

const decision = (code: string, text: string, participant?: string): Remark => ({
  category: 'decision',
  code,
  text,
  participant,
});
const timer = (code: string, text: string, participant?: string): Remark => ({
  category: 'timer',
  code,
  text,
  participant,
});
const limit = (code: string, text: string): Remark => ({ category: 'limit', code, text, participant: undefined });

const nameOf = ({ name, number }: Pick<Party, 'name' | 'number'>): string =>
  name === null ? number || 'anonymous' : `${name} (${number || 'no number'})`;

/** Of what a peer wrote, in a sentence. */
const MOST_OF_URI = 120;

/** Everything that is remarked in ladders, in words for people. Codes are stable. */
export const remarks = {
  authenticated: ({ user, device }: Caller) =>
    decision(
      'caller.authenticated',
      `Authenticated as ${nameOf({ name: user.displayName, number: user.extension ?? '' })}, ${device.name}`,
    ),
  refused: (status: number, reason: string | undefined) =>
    decision('invite.refused', `Refused with ${status} ${reason ?? reasonPhrase(status)}`),
  tooManyCalls: (whose: string, most: number) =>
    limit('limit.calls', `${whose}: the limit of ${most} calls is reached`),
  given: () => decision('call.given', 'Goes on in another process, where the call is that it becomes one with'),
  routed: ({ target, steps }: Route) =>
    decision(
      'call.routed',
      steps.length === 0
        ? `${target.number || 'The number'} leads nowhere: nobody has this number`
        : `${target.number} is ${whatIs(target)}: ${steps.map(wordsOfStep).join(', then ')}`,
    ),
  firstHopAlone: () =>
    decision('call.first-hop-alone', 'Phones of this kind mean their own connection by sips: the others need no TLS'),
  forked: (phones: readonly string[], seconds: number) =>
    decision('call.forked', `Rings ${phones.join(', ')} for ${seconds} s`),
  notRung: (who: string, why: string) => decision('user.not-rung', `${who} is not rung: ${why}`),
  unreachable: (legId: string, why: string) => decision('leg.unreachable', `Cannot be tried: ${why}`, legId),
  answered: (legId: string, who: string) => decision('leg.answered', `${who} answered first`, legId),
  mediaRefused: (legId: string, why: string) => decision('leg.media-refused', `No sound can be agreed: ${why}`, legId),
  offeredOtherwise: (legId: string, why: string, encryption: OfferedEncryption) =>
    decision('leg.offered-otherwise', `${why}: asked again with ${PROTECTIONS[encryption]}`, legId),
  sentOn: (legId: string, why: string, uri: string) =>
    decision('leg.sent-on', `${why}: asked at ${uri.slice(0, MOST_OF_URI)}`, legId),
  notSentOn: (legId: string, uri: string, why: string) =>
    decision('leg.not-sent-on', `Is sent on to ${uri.slice(0, MOST_OF_URI)}, where we do not follow: ${why}`, legId),
  placeLeftOut: (why: string, legId?: string) =>
    decision('leg.place-left-out', `${why}: asked again without the place of the caller`, legId),
  cancelled: (legId: string, why: string) => decision('leg.cancelled', `Stops ringing: ${why}`, legId),
  trunkPassedOver: (trunk: string, why: 'full' | 'too-fast' | 'gone') =>
    limit('trunk.passed-over', `${trunk} is passed over: ${PASSED_OVER[why]}`),
  trunkBeyondLimits: (trunk: string) =>
    limit('trunk.beyond-limits', `${trunk} is asked beyond its limits: it is a call for help`),
  trunkInClear: (trunk: string, behind: string) =>
    decision(
      'trunk.in-clear',
      `${trunk} is passed over: its sound would be in the clear, and calls that belong on ${behind} go out with SRTP alone`,
    ),
  trunkNotSecure: (trunk: string) =>
    decision('trunk.not-secure', `${trunk} is passed over: calls to sips: addresses go out over TLS alone`),
  trunkInsisted: (trunk: string, behind: string) =>
    decision('trunk.insisted', `${trunk} is asked for SRTP alone, since the call belongs on ${behind}`),
  failed: (legId: string, failure: { readonly status: number; readonly cause: string; readonly reason: string }) =>
    failure.cause === 'timeout'
      ? timer('timer.b', 'No final answer in time (Timer B, or Timer C after ringing)', legId)
      : decision(
          'leg.failed',
          failure.cause === 'transport'
            ? `No way leads there (${failure.reason})`
            : `Did not take the call: ${failure.status} ${failure.reason}`,
          legId,
        ),
  ringTimeout: (seconds: number) => timer('timer.ring', `Rang for ${seconds} s, nobody answered`),
  handedOver: (
    application: string,
    target: { readonly kind: 'room' } | { readonly kind: 'voice-app'; readonly app: VoiceApp },
  ) => decision('call.handed-over', wordsOfApplication(target), application),
  notTaken: (application: string, code: string) =>
    decision('call.not-taken', `The application did not take the call (${code})`, application),
  redirected: (target: RedirectTarget, route: Route) =>
    decision('call.redirected', `Led on to ${route.target.name ?? route.target.number} (${target.kind})`),
  transferred: (legId: string, number: string) =>
    decision('call.transferred', `Transfers the other party to ${number}`, legId),
  sessionEnded: (legId: string, { kind, by }: Pick<SessionEnd, 'kind' | 'by'>): Remark | undefined => {
    if (by === 'remote' && kind === 'bye') return decision('leg.hung-up', 'Hung up', legId);
    const fired = SESSION_TIMERS.get(kind);
    return fired === undefined ? undefined : timer(...fired, legId);
  },
  ended: (outcome: string, reason: string | null) =>
    decision(
      'call.ended',
      reason === null ? `The call is over: ${outcome}` : `The call is over: ${outcome} (${reason})`,
    ),
} as const;

const PASSED_OVER = {
  full: 'all its lines are busy',
  'too-fast': 'no more calls may begin in this second',
  gone: 'it is not in use any more',
} as const;

/** Ends of sessions that a timer of ours decided. */
const SESSION_TIMERS: ReadonlyMap<string, [code: string, text: string]> = new Map([
  ['no-ack', ['timer.h', 'Our 200 was never acknowledged (64 × T1, RFC 3261 §13.3.1.4)']],
  ['expired', ['timer.session', 'The session timer ran out without a refresh (RFC 4028 §10)']],
  ['lost', ['timer.f', 'The phone does not answer requests any more (481, or Timer F)']],
]);

const PROTECTIONS: Readonly<Record<OfferedEncryption, string>> = {
  none: 'sound in the clear',
  srtp: 'SRTP',
  'srtp-optional': 'SRTP where it can, else the clear',
  dtls: 'WebRTC',
  'dtls-without-ice': 'DTLS-SRTP',
};

function whatIs({ kind, name }: Route['target']): string {
  const named = name ?? '';
  switch (kind) {
    case 'user':
      return named;
    case 'group':
      return `the ring group ${named}`;
    case 'ivr':
      return `the menu ${named}`;
    case 'room':
      return `the meeting room ${named}`;
    case 'external':
      return 'a number outside';
    default:
      return named === '' ? kind : named.toLowerCase();
  }
}

function wordsOfStep(step: RouteStep): string {
  switch (step.kind) {
    case 'ring':
      return `ring for ${step.seconds} s`;
    case 'leave-voicemail':
      return 'voicemail';
    case 'voice-app':
      return APPLICATIONS[step.app.kind];
    case 'room':
      return 'the meeting';
    case 'trunk':
      return 'over the first trunk that takes it';
    default:
      // A step of a kind that came later is still told by its name.
      return (step as { readonly kind: string }).kind;
  }
}

const APPLICATIONS: Readonly<Record<VoiceApp['kind'], string>> = {
  ivr: 'the menu',
  'leave-voicemail': 'voicemail',
  'voicemail-menu': 'the voicemail menu',
  echo: 'the echo test',
};

const WHY: Readonly<Record<(VoiceApp & { kind: 'leave-voicemail' })['reason'], string>> = {
  'no-answer': 'because nobody answered',
  busy: 'because the line was busy',
  unreachable: 'because no phone could be reached',
  declined: 'because the call was declined',
  direct: 'as dialled',
};

function wordsOfApplication(
  target: { readonly kind: 'room' } | { readonly kind: 'voice-app'; readonly app: VoiceApp },
): string {
  if (target.kind === 'room') return 'Handed to the meeting room';
  const { app } = target;
  if (app.kind === 'leave-voicemail') return `Sent to voicemail ${WHY[app.reason]}`;
  return `Handed to ${APPLICATIONS[app.kind]}`;
}
