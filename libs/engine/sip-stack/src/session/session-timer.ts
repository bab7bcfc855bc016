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

/** Session-Expires and Min-SE of our INVITE, re-INVITE or UPDATE (§7.1); nothing when switched off. */
export function offerTimer(options: SessionTimerOptions, refresher?: 'uac' | 'uas'): HeaderLine[] {
  if (options.expiresSeconds === 0) return [];
  const minimum = Math.max(options.minimumSeconds, LEAST_MINIMUM_SECONDS);
  return [
    ['Session-Expires', buildSessionExpires({ seconds: Math.max(options.expiresSeconds, minimum), refresher })],
    ['Min-SE', String(minimum)],
  ];
}

/** §9: an interval below our minimum is refused with 422 when the peer can do better. @returns Min-SE for the 422 */
export function tooBrief(request: SipRequest, options: SessionTimerOptions): number | undefined {
  const asked = askedTimer(request);
  const minimum = Math.max(options.minimumSeconds, LEAST_MINIMUM_SECONDS);
  if (asked === undefined || !request.tokens('Supported').includes('timer')) return undefined;
  return asked.seconds < minimum ? minimum : undefined;
}

/** What we grant to a request, and the headers that say so in its 2xx (§9). */
export function grantTimer(
  request: SipRequest,
  options: SessionTimerOptions,
): { agreed: AgreedTimer | undefined; headers: HeaderLine[] } {
  const asked = askedTimer(request);
  const peerSupports = request.tokens('Supported').includes('timer');
  if (asked === undefined && options.expiresSeconds === 0) return { agreed: undefined, headers: [] };
  const floor = Math.max(minimumOf(request) ?? 0, options.minimumSeconds, LEAST_MINIMUM_SECONDS);
  const wanted = options.expiresSeconds === 0 ? (asked?.seconds ?? floor) : options.expiresSeconds;
  const seconds = Math.max(Math.min(asked?.seconds ?? wanted, wanted), floor);
  // A peer without support cannot refresh; one that named the refresher has decided (§9 table 2).
  const refresher = !peerSupports ? 'uas' : (asked?.refresher ?? (options.refresher === 'local' ? 'uas' : 'uac'));
  const headers: HeaderLine[] = [['Session-Expires', buildSessionExpires({ seconds, refresher })]];
  if (refresher === 'uac') headers.push(['Require', 'timer']);
  return { agreed: { seconds, refresher: refresher === 'uas' ? 'local' : 'remote' }, headers };
}

/** What the peer's 2xx to our request agreed to (§7.2). */
export function agreedByResponse(response: SipResponse): AgreedTimer | undefined {
  const timer = askedTimer(response);
  if (timer === undefined) return undefined;
  return { seconds: timer.seconds, refresher: timer.refresher === 'uas' ? 'remote' : 'local' };
}

/** Min-SE of a 422 or request, seconds. */
export function minimumOf(message: SipMessage): number | undefined {
  const text = message.header('Min-SE');
  return text === undefined ? undefined : parseDeltaSeconds(text.split(';', 1)[0] ?? '');
}

function askedTimer(message: SipMessage): { seconds: number; refresher: 'uac' | 'uas' | undefined } | undefined {
  const text = message.header('Session-Expires');
  return text === undefined ? undefined : parseSessionExpires(text);
}

/** Runs the agreed timer of one session: refreshes at half the time, or ends it when no refresh comes (§10). */
export class SessionTimer {
  private timer: TimerHandle | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly events: { refresh: () => void; expired: () => void },
  ) {}

  /** Starts anew; undefined stops. */
  start(agreed: AgreedTimer | undefined): void {
    this.stop();
    if (agreed === undefined) return;
    const milliseconds = agreed.seconds * 1000;
    if (agreed.refresher === 'local') {
      this.timer = this.clock.setTimeout(this.events.refresh, milliseconds / 2);
    } else {
      // §10: BYE a little before the end, min(32 s, a third).
      const margin = Math.min(32_000, milliseconds / 3);
      this.timer = this.clock.setTimeout(this.events.expired, milliseconds - margin);
    }
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
