import { routeDialled, type Route, type RouteStep } from '../../routing/route-call.js';
import type { Attempt } from '../attempt.js';
import { failureOfStatus, type CallFailure } from '../call-failure.js';
import type { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { isLoop, retarget } from '../history/call-history.js';
import { NO_PRIVACY } from '../identity/privacy.js';
import { callOverTrunks } from './call-over-trunks.js';
import { connectCallee } from './connect-callee.js';
import { failCall } from './end-call.js';
import { COMPLETED_ELSEWHERE, endLeg } from './end-leg.js';
import type { ForkResult } from './fork.js';
import { handOver } from './hand-over.js';
import { MOST_REDIRECTIONS, type Redirection } from './redirection.js';
import { ringUsers } from './ring-users.js';

export interface RouteEnd {
  /** What became of the steps before these. */
  readonly after?: CallFailure | undefined;
  /** Somebody or something took the call. */
  readonly taken?: () => void;
  /** Nobody did. */
  readonly exhausted: (failure: CallFailure) => void | Promise<void>;
}

/** Tries the steps of a route one after the other. Gives up silently when the call ends or is led elsewhere. */
export async function followRoute(
  parts: CallParts,
  call: Call,
  route: Pick<Route, 'steps'>,
  end: RouteEnd,
): Promise<void> {
  const attempt = call.beginAttempt();
  try {
    let failure = end.after;
    for (const step of route.steps) {
      const outcome = await takeStep(parts, call, step, { failure, attempt });
      if (attempt.givenUp || outcome === 'given-up') return;
      if (outcome === 'taken') {
        end.taken?.();
        return;
      }
      failure = outcome;
    }
    await end.exhausted(failure ?? failureOfStatus(480, false));
  } catch (error) {
    failCall(parts, call, error);
  }
}

async function takeStep(
  parts: CallParts,
  call: Call,
  step: RouteStep,
  { failure, attempt }: { failure: CallFailure | undefined; attempt: Attempt },
): Promise<'taken' | 'given-up' | CallFailure> {
  switch (step.kind) {
    case 'ring': {
      const shown = call.led?.presented ?? { party: call.from, privacy: NO_PRIVACY };
      const result = await ringUsers(parts, call, { who: step, role: 'callee', shown, attempt });
      return takeForkResult(parts, call, { result, attempt });
    }
    case 'trunk': {
      const shown = call.led?.presented ?? { party: call.from, privacy: NO_PRIVACY };
      const result = await callOverTrunks(parts, call, { ways: step.ways, shown, attempt });
      return takeForkResult(parts, call, { result, attempt });
    }
    case 'leave-voicemail': {
      const { mailboxId } = step;
      const app = { kind: 'leave-voicemail' as const, mailboxId, reason: failure?.kind ?? ('direct' as const) };
      return (await handOver(parts, call, { kind: 'voice-app', app })) ?? 'taken';
    }
    case 'voice-app':
    case 'room':
      return (await handOver(parts, call, step)) ?? 'taken';
  }
}

async function takeForkResult(
  parts: CallParts,
  call: Call,
  { result, attempt }: { result: ForkResult; attempt: Attempt },
): Promise<'taken' | 'given-up' | CallFailure> {
  if (result.kind === 'failed') return result.failure;
  if (result.kind === 'given-up') return 'given-up';
  if (result.kind === 'redirected') {
    const outcome = await followRedirection(parts, call, { ...result, attempt });
    const status = outcome === 'taken' ? 200 : outcome === 'given-up' ? 487 : outcome.sipStatus;
    void result.redirection.referral?.notify(status);
    return outcome;
  }
  if (attempt.givenUp) {
    void endLeg(parts, result.leg, COMPLETED_ELSEWHERE);
    return 'given-up';
  }
  await connectCallee(parts, call, result.leg);
  return 'taken';
}

/** A phone sends the call on: to what its user may dial, in the order it says, within bounds (RFC 3261 §8.1.3.4). */
async function followRedirection(
  parts: CallParts,
  call: Call,
  { redirection, failure, attempt }: { redirection: Redirection; failure: CallFailure; attempt: Attempt },
): Promise<'taken' | 'given-up' | CallFailure> {
  const { by, cause, hidden, numbers } = redirection;
  const { directories } = parts;
  const directory = directories.current(call.organisationId) ?? (await directories.of(call.organisationId));
  if (directory?.callPolicy.followRedirects !== true) return failure;
  let last = failure;
  for (const number of numbers) {
    if (call.redirections >= MOST_REDIRECTIONS) return { ...last, sipStatus: 483, reason: 'Sent on too often' };
    call.redirections += 1;
    const { domain } = call;
    call.history = retarget(call.history, { domain, from: by, fromHidden: hidden, number, cause, diverts: true });
    if (isLoop(call.history, number)) {
      last = { ...last, sipStatus: 482, reason: 'Sent on in a ring' };
      continue;
    }
    const route = routeDialled(directory, number, { callerUserId: call.from.userId, payerUserId: by.userId });
    for (const step of route.steps) {
      const outcome = await takeStep(parts, call, step, { failure: last, attempt });
      if (outcome === 'taken' || outcome === 'given-up') return outcome;
      last = outcome;
    }
  }
  return last;
}
