import { buildSessionExpires, parseSessionExpires } from '@carillon/sip-message';
import type { HeaderLine, SipRequest, SipResponse } from '@carillon/sip-message';
import { LEAST_MINIMUM_SECONDS, minimumOf } from '../session/session-timer.js';

/** What a proxy remembers of a session refresh request as it went on (RFC 4028 §8.1). */
export interface AskedInterval {
  readonly seconds: number;
  /** The client said that it knows session timers. */
  readonly clientKnows: boolean;
  /** Put into what is forwarded, in place of the Session-Expires that came. */
  readonly line: HeaderLine | undefined;
}

const NO_LINES: readonly HeaderLine[] = [];

/**
 * What a proxy asks for (§8.1): what the client did, never below Min-SE; else, where we want one, ours without a refresher.
 * @param wantedSeconds undefined asks for nothing by itself
 * @returns undefined where nobody asks for a timer
 */
export function askInterval(request: SipRequest, wantedSeconds: number | undefined): AskedInterval | undefined {
  if (request.method !== 'INVITE' && request.method !== 'UPDATE') return undefined;
  const text = request.header('Session-Expires');
  if (text === undefined && wantedSeconds === undefined) return undefined;
  const came = text === undefined ? undefined : parseSessionExpires(text);
  // One that cannot be read is not ours to mend.
  if (text !== undefined && came === undefined) return undefined;
  const minimum = Math.max(minimumOf(request) ?? 0, LEAST_MINIMUM_SECONDS);
  const seconds = Math.max(came?.seconds ?? wantedSeconds ?? 0, minimum);
  const clientKnows = request.tokens('Supported').includes('timer');
  const unchanged = came?.seconds === seconds;
  const line: HeaderLine | undefined = unchanged
    ? undefined
    : ['Session-Expires', buildSessionExpires({ seconds, refresher: came?.refresher })];
  return { seconds, clientKnows, line };
}

/** What is added to a 2xx (§8.2): a server without timers leaves the client to refresh, where the client can. */
export function answerInterval(asked: AskedInterval | undefined, response: SipResponse): readonly HeaderLine[] {
  if (asked === undefined || !asked.clientKnows || response.has('Session-Expires')) return NO_LINES;
  return [
    ['Session-Expires', buildSessionExpires({ seconds: asked.seconds, refresher: 'uac' })],
    ['Require', 'timer'],
  ];
}

/** How long a session lasts without a refresh, seconds (§8.2); undefined: for ever. */
export function agreedInterval(asked: AskedInterval | undefined, response: SipResponse): number | undefined {
  const text = response.header('Session-Expires');
  if (text !== undefined) return parseSessionExpires(text)?.seconds;
  return asked?.clientKnows === true ? asked.seconds : undefined;
}
