import { randomUUID } from 'node:crypto';
import type { SipMessage } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import type { HeadersInMaking } from './pass-headers.js';

/** A UUID of RFC 7989 §5: 32 lower case hex digits. */
export type SessionUuid = string;

/** Stands for "not known (yet)" (RFC 7989 §5). */
const NIL: SessionUuid = '0'.repeat(32);

/** For a phone that names none itself (RFC 7989 §7). */
export function newSessionUuid(): SessionUuid {
  const uuid = randomUUID();
  // Its hyphens always stand there: to search for them takes much longer.
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
}

/** The UUID of who sent a message; undefined where it names none, the nil one, or something malformed. */
export function readSessionUuid(message: SipMessage): SessionUuid | undefined {
  const value = message.header('Session-ID');
  if (value === undefined || value.length > 256) return undefined;
  const found = /^([0-9a-f]{32})\s*(?:;|$)/.exec(value.trim());
  return found?.[1] === NIL ? undefined : found?.[1];
}

/**
 * The header as it goes to one of the two who are connected.
 * @param from the other one; undefined while nobody is known (RFC 7989 §7 wants nil then)
 */
export function sessionHeader(from: SessionUuid | undefined, to: SessionUuid | undefined): HeaderFields {
  const headers: HeadersInMaking = {};
  addSession(headers, from, to);
  return headers;
}

/** As `sessionHeader`, to others. */
export function addSession(headers: HeadersInMaking, from: SessionUuid | undefined, to: SessionUuid | undefined): void {
  if (from !== undefined || to !== undefined) headers['Session-ID'] = `${from ?? NIL};remote=${to ?? NIL}`;
}
