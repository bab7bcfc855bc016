import { buildSessionExpires, parseDeltaSeconds, parseSessionExpires } from '@carillon/sip-message';
import type { HeaderLine, SipMessage, SipRequest, SipResponse } from '@carillon/sip-message';
import type { SessionTimerOptions } from '../api/invite-session.js';
import type { Clock, TimerHandle } from '../clock.js';

/** Smallest interval the RFC lets anyone ask for, seconds (RFC 4028 §4). */
export const LEAST_MINIMUM_SECONDS = 90;

/** What both sides agreed on. */
export interface AgreedTimer {
  readonly seconds: number;
  readonly refresher: 'local' | 'remote';
}

/**
 * Session-Expires and Min-SE of our INVITE, re-INVITE or UPDATE (§7.1, §7.4); nothing when switched off.
 * @param running what the dialog has now: a refresh keeps its interval and its refresher
 * @param seenMinimum largest Min-SE that a 422 or a request of this dialog brought
 */
export function offerTimer(options: SessionTimerOptions, running?: AgreedTimer, seenMinimum?: number): HeaderLine[] {
  if (options.expiresSeconds === 0 && running === undefined) return [];
  const minimum = Math.max(options.minimumSeconds, seenMinimum ?? 0, LEAST_MINIMUM_SECONDS);
  const wanted = running?.seconds ?? options.expiresSeconds;
  const refresher = running === undefined ? undefined : running.refresher === 'local' ? 'uac' : 'uas';
  const lines: HeaderLine[] = [
    ['Session-Expires', buildSessionExpires({ seconds: Math.max(wanted, minimum), refresher })],
  ];
  // Its absence means 90 (§5); after a 422 it must be there (§7.4).
  if (minimum > LEAST_MINIMUM_SECONDS || seenMinimum !== undefined) lines.push(['Min-SE', String(minimum)]);
  return lines;
}

/** §9: an interval below our minimum is refused with 422 when the peer can do better. @returns Min-SE for the 422 */
export function tooBrief(request: SipRequest, options: SessionTimerOptions): number | undefined {
  const asked = askedTimer(request);
  const minimum = Math.max(options.minimumSeconds, LEAST_MINIMUM_SECONDS);
  if (asked === undefined || !supportsTimer(request)) return undefined;
  return asked.seconds < minimum ? minimum : undefined;
}

/**
 * What we grant to a request, and the headers that say so in its 2xx (§9). A proxy may have asked in the name of a peer that
 * knows nothing of timers; then we refresh.
 *
 * ```text
 * peer supports | refresher asked | granted
 *      no       |     none        |  uas
 *      yes      |     none        |  as we like
 *      yes      |   uac, uas      |  as asked
 * ```
 */
export function grantTimer(
  request: SipRequest,
  options: SessionTimerOptions,
): { agreed: AgreedTimer | undefined; headers: HeaderLine[] } {
  const asked = askedTimer(request);
  const peerSupports = supportsTimer(request);
  if (asked === undefined && options.expiresSeconds === 0) return { agreed: undefined, headers: [] };
  const floor = Math.max(minimumOf(request) ?? 0, LEAST_MINIMUM_SECONDS);
  const wanted = options.expiresSeconds === 0 ? Number.POSITIVE_INFINITY : options.expiresSeconds;
  // Never more than was asked for, never less than Min-SE (§9); ours alone to choose when nothing was.
  const seconds =
    asked === undefined
      ? Math.max(wanted, floor, options.minimumSeconds)
      : // A proxy may have asked for less in the name of a peer that could not be told so by 422; nobody may (§4).
        Math.max(Math.min(asked.seconds, Math.max(wanted, floor, options.minimumSeconds)), LEAST_MINIMUM_SECONDS);
  const refresher = !peerSupports ? 'uas' : (asked?.refresher ?? (options.refresher === 'local' ? 'uas' : 'uac'));
  const agreed: AgreedTimer = { seconds, refresher: refresher === 'uas' ? 'local' : 'remote' };
  // Nobody asked and the peer would not understand: we watch over the call for ourselves.
  if (!peerSupports && asked === undefined) return { agreed, headers: [] };
  const headers: HeaderLine[] = [['Session-Expires', buildSessionExpires({ seconds, refresher })]];
  if (peerSupports) headers.push(['Require', 'timer']);
  return { agreed, headers };
}

/**
 * What the peer's 2xx to our request agreed to (§7.2). A peer without timers says nothing: then we refresh for ourselves, with
 * what we asked for. One that knows timers and leaves them out has switched them off.
 */
export function agreedByResponse(
  response: SipResponse,
  asked: { options: SessionTimerOptions; running?: AgreedTimer | undefined },
): AgreedTimer | undefined {
  const timer = askedTimer(response);
  if (timer !== undefined) {
    // Less than 90 is against §4, and would only make us send without end (§11.1).
    const seconds = Math.max(timer.seconds, LEAST_MINIMUM_SECONDS);
    return { seconds, refresher: timer.refresher === 'uas' ? 'remote' : 'local' };
  }
  const seconds = asked.running?.seconds ?? asked.options.expiresSeconds;
  if (seconds === 0 || supportsTimer(response)) return undefined;
  return { seconds: Math.max(seconds, asked.options.minimumSeconds, LEAST_MINIMUM_SECONDS), refresher: 'local' };
}

/** What to ask for after a 422 (§7.3); undefined when it asks for nothing new. */
export function lengthened(options: SessionTimerOptions, response: SipResponse): SessionTimerOptions | undefined {
  const minimum = minimumOf(response);
  if (minimum === undefined || minimum <= options.minimumSeconds) return undefined;
  return { ...options, expiresSeconds: Math.max(options.expiresSeconds, minimum), minimumSeconds: minimum };
}

/** Min-SE of a 422 or request, seconds. */
export function minimumOf(message: SipMessage): number | undefined {
  const text = message.header('Min-SE');
  return text === undefined ? undefined : parseDeltaSeconds(text.split(';', 1)[0]?.trim() ?? '');
}

function supportsTimer(message: SipMessage): boolean {
  return message.lists('Supported', 'timer');
}

function askedTimer(message: SipMessage): { seconds: number; refresher: 'uac' | 'uas' | undefined } | undefined {
  const text = message.header('Session-Expires');
  return text === undefined ? undefined : parseSessionExpires(text);
}

/** Whose timer it is. */
export interface SessionTimerUser {
  /** Half of the interval is over and refreshing is ours. */
  refreshDue(): void;
  /** The interval is nearly over and nobody refreshed. */
  sessionExpired(): void;
}

/** Runs the agreed timer of one session: refreshes at half the time, or ends it when no refresh comes (§10). */
export class SessionTimer {
  private timer: TimerHandle | undefined;
  private endsAt = 0;
  agreed: AgreedTimer | undefined;
  /** A refresh of this interval was refused. */
  refused = false;

  constructor(
    private readonly clock: Clock,
    private readonly user: SessionTimerUser,
  ) {}

  /** Starts anew; undefined stops. */
  start(agreed: AgreedTimer | undefined): void {
    this.stop();
    this.agreed = agreed;
    this.refused = false;
    if (agreed === undefined) return;
    const milliseconds = agreed.seconds * 1000;
    this.endsAt = this.clock.now() + milliseconds;
    if (agreed.refresher === 'local') this.arm(milliseconds / 2, true);
    else this.waitForEnd();
  }

  /** A refresh failed: it is tried again after this time, unless the end comes first. Only a 2xx moves the end (§10). */
  retryAfter(milliseconds: number): void {
    this.clear();
    if (this.agreed === undefined) return;
    const left = this.endsAt - this.margin - this.clock.now();
    if (milliseconds < left) this.arm(milliseconds, true);
    else this.waitForEnd();
  }

  /** No more tries: the session ends at its time unless the peer refreshes it. */
  waitForEnd(): void {
    this.clear();
    if (this.agreed !== undefined) this.arm(Math.max(0, this.endsAt - this.margin - this.clock.now()), false);
  }

  stop(): void {
    this.clear();
    this.agreed = undefined;
  }

  /** §10: BYE a little before the end, min(32 s, a third). */
  private get margin(): number {
    return Math.min(32_000, ((this.agreed?.seconds ?? 0) * 1000) / 3);
  }

  private arm(milliseconds: number, refresh: boolean): void {
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      if (refresh) this.user.refreshDue();
      else this.user.sessionExpired();
    }, milliseconds);
  }

  private clear(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
