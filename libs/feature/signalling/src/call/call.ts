import type { CallOutcome, HoldMusic, LiveCall, Party } from '@carillon/contracts';
import { CallId, newId, type OrganisationId } from '@carillon/domain';
import type { Referral } from '@carillon/sip-stack';
import type { z } from 'zod';
import type { Directory } from '../routing/directory.js';
import type { Route } from '../routing/route-call.js';
import type { EarlyMedia } from './actions/early-media.js';
import { Attempt } from './attempt.js';
import { nextCallState, type CallInput, type CallStateName } from './call-machine.js';
import { NO_HISTORY, type CallHistory } from './history/call-history.js';
import type { Leg } from './leg.js';
import type { PassedOn } from './passed-on.js';

export type CallOutcomeName = z.infer<typeof CallOutcome>;

/** Who decides what the led leg hears and when the call ends. */
export type CallControl = 'signalling' | 'voice-app' | 'room';

/** What rings for a call, for whoever picks it up instead. */
export interface Ringing {
  has(leg: Leg): boolean;
  /** The leg was answered elsewhere and takes the call. @returns whether it still could */
  pickUp(leg: Leg): boolean;
}

export interface CallStart {
  readonly directory: Pick<Directory, 'organisationId' | 'sipDomain' | 'callPolicy'>;
  readonly from: Party;
  readonly route: Route;
  readonly startedAt: number;
  /** It is for a `sips:` URI. */
  readonly secure?: boolean;
  /** Where left out, a new one. */
  readonly callId?: CallId;
  /** Where left out: outbound where the route leads out, else internal. */
  readonly direction?: LiveCall['direction'] | undefined;
}

/** The times of a call as texts (ISO 8601): each is made once, and told with every change. */
interface CallTimes {
  readonly started: string;
  answered: string | null;
  ended: string | null;
}

/** A call as users see it. State only: actions change it, `Calls` tells the world. */
export class Call {
  readonly callId: CallId;
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
  /** Where it has been, for the next one it is led to. */
  history: CallHistory = NO_HISTORY;
  /** It is only passed on; undefined again where its INVITE was refused, or is ours now. */
  passedOn: PassedOn | undefined;
  /** Phones that ring for it now. */
  ringing: Ringing | undefined;
  /** What the caller hears before anybody answers; most calls have none. */
  early: EarlyMedia | undefined;
  /** The transfer that is being carried out hears how it goes. */
  referral: Referral | undefined;
  /** Whose transfer that is. */
  transferor: Leg | undefined;
  /** How often a phone has sent it on by 3xx. */
  redirections = 0;
  /** Who sent it on (RFC 3892), for the INVITE that comes of it. */
  referredBy: string | undefined;
  /** The caller has asked for an emergency service by its name (RFC 5031). */
  asksForHelp = false;
  /** Whoever is called for it is called by `sips:`, over TLS alone, wherever it is led (RFC 5630 §5.1.1.3). */
  secure: boolean;
  readonly organisationId: OrganisationId;
  readonly from: Party;
  readonly startedAt: number;
  readonly times: CallTimes;
  readonly direction: LiveCall['direction'];
  /** The domain that numbers of the organisation are shown in. */
  readonly domain: string;
  /** Private headers that the organisation lets through. */
  readonly privateHeaders: readonly string[];
  readonly holdMusic: HoldMusic;
  private attempt: Attempt | undefined;

  constructor({ directory, from, route, startedAt, direction, callId, secure = false }: CallStart) {
    this.callId = callId ?? newId(CallId);
    this.organisationId = directory.organisationId;
    this.domain = directory.sipDomain;
    this.privateHeaders = directory.callPolicy.privateHeaders;
    this.secure = secure;
    this.holdMusic = directory.callPolicy.holdMusic;
    this.from = from;
    this.startedAt = startedAt;
    this.times = { started: new Date(startedAt).toISOString(), answered: null, ended: null };
    this.to = route.target;
    this.direction = direction ?? (route.target.kind === 'external' ? 'outbound' : 'internal');
  }

  /** @returns whether anything changed */
  apply(input: CallInput, now: number): boolean {
    const next = nextCallState(this.state, input);
    const changed = next !== this.state;
    this.state = next;
    if (changed && input === 'answer') {
      this.answeredAt = now;
      this.times.answered = new Date(now).toISOString();
    }
    if (changed && input === 'end') {
      this.endedAt = now;
      this.times.ended = new Date(now).toISOString();
      this.attempt?.giveUp();
    }
    return changed;
  }

  /** Starts to lead the call somewhere; what was under way for it is given up. */
  beginAttempt(): Attempt {
    this.attempt?.giveUp();
    const attempt = new Attempt();
    this.attempt = attempt;
    if (this.state === 'ended') attempt.giveUp();
    return attempt;
  }
}
