import type { CallOutcome, LiveCall, Party } from '@carillon/contracts';
import { CallId, newId, type OrganisationId } from '@carillon/domain';
import type { z } from 'zod';
import type { Route } from '../routing/route-call.js';
import { nextCallState, type CallInput, type CallStateName } from './call-machine.js';
import type { Leg } from './leg.js';

export type CallOutcomeName = z.infer<typeof CallOutcome>;

/** Who decides what the led leg hears and when the call ends. */
export type CallControl = 'signalling' | 'voice-app' | 'room';

/** A call as users see it. State only: actions change it, `Calls` tells the world. */
export class Call {
  readonly callId = newId(CallId);
  readonly legs: Leg[] = [];
  state: CallStateName = 'routing';
  control: CallControl = 'signalling';
  to: LiveCall['to'];
  answeredAt: number | null = null;
  endedAt: number | null = null;
  revision = 0;
  outcome: CallOutcomeName | null = null;
  /** What the call counts as once answered. */
  outcomeIfAnswered: 'answered' | 'voicemail' = 'answered';
  endReason: string | null = null;
  sipStatus: number | null = null;
  /** The leg that is led somewhere: the caller's, or after a transfer by the caller the other one. */
  led: Leg | undefined;
  /** Whom the led leg talks to, once connected. */
  peer: Leg | undefined;
  /** Aborted when the call ends. */
  private readonly ending = new AbortController();
  private attempt: AbortController | undefined;

  constructor(
    readonly organisationId: OrganisationId,
    readonly from: Party,
    route: Route,
    readonly startedAt: number,
  ) {
    this.to = route.target;
  }

  /** @returns whether anything changed */
  apply(input: CallInput, now: number): boolean {
    const next = nextCallState(this.state, input);
    const changed = next !== this.state;
    this.state = next;
    if (changed && input === 'answer') this.answeredAt = now;
    if (changed && input === 'end') {
      this.endedAt = now;
      this.ending.abort();
      this.attempt?.abort();
    }
    return changed;
  }

  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** Starts to lead the call somewhere; what was under way for it is given up. */
  beginAttempt(): AbortSignal {
    this.attempt?.abort();
    this.attempt = new AbortController();
    if (this.state === 'ended') this.attempt.abort();
    return this.attempt.signal;
  }
}
