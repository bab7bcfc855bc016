import type { LadderEntry, LadderMessage } from '@carillon/contracts';

/** By what colours are told: a request, a provisional or final response, something to be tried anew, the end. */
export type MessageKind = 'request' | 'ending' | 'provisional' | 'success' | 'again' | 'failure';

const ENDING = new Set(['BYE', 'CANCEL']);
/** Asked for credentials, as every phone is. */
const CHALLENGES = new Set([401, 407]);

export function kindOf({ status, method }: Pick<LadderMessage, 'status' | 'method'>): MessageKind {
  if (status === null) return ENDING.has(method) ? 'ending' : 'request';
  if (status < 200) return 'provisional';
  if (status < 300) return 'success';
  return status < 400 || CHALLENGES.has(status) ? 'again' : 'failure';
}

/** "INVITE", "180 Ringing"; what is answered is said where it is no INVITE: "200 OK (BYE)". */
export function titleOf({ status, method, reason }: Pick<LadderMessage, 'status' | 'method' | 'reason'>): string {
  if (status === null) return method;
  return `${status} ${reason}`.trim() + (method === 'INVITE' ? '' : ` (${method})`);
}

/** "0.000", "1.250 s" since the start of the ladder. */
export const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

/** "+12 ms", "+3.2 s": since what came before; "<1 ms" where that is hardly longer ago. */
export function formatDelta(milliseconds: number): string {
  if (milliseconds < 1) return '<1 ms';
  if (milliseconds < 1000) return `+${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000 ? `+${(milliseconds / 1000).toFixed(1)} s` : `+${Math.round(milliseconds / 60_000)} min`;
}

/** The message's text: its octets are UTF-8 (RFC 3261 §7). */
export function textOf({ octets }: Pick<LadderMessage, 'octets'>): string {
  return new TextDecoder().decode(Uint8Array.from(octets, (character) => character.charCodeAt(0)));
}

/** A whole sentence, for who cannot see arrows. */
export function sayEntry(entry: LadderEntry, nameOf: (participant: string) => string): string {
  if (entry.kind === 'note')
    return entry.participant === null ? entry.text : `${nameOf(entry.participant)}: ${entry.text}`;
  const who = nameOf(entry.participant);
  const [from, to] = entry.direction === 'in' ? [who, 'Carillon'] : ['Carillon', who];
  const extras = [
    entry.sdp ? 'with a session description' : '',
    entry.repeats === 0 ? '' : `repeated ${entry.repeats === 1 ? 'once' : `${entry.repeats} times`}`,
  ].filter((extra) => extra !== '');
  return [`${titleOf(entry)}, ${from} to ${to}`, ...extras].join(', ');
}
