import { parseParameterised } from './parameterised.js';

/** Session-ID: one UUID per end, which stays the same across B2BUAs (RFC 7989 §5). */
export interface SessionId {
  /** The sender's, 32 lower-case hexadecimal digits. */
  readonly local: string;
  /** The other end's as the sender knows it; {@link NIL_SESSION_ID} when not known yet, undefined from RFC 7329 senders. */
  readonly remote: string | undefined;
}

/** Stands for an end that is not known yet (RFC 7989 §5). */
export const NIL_SESSION_ID = '0'.repeat(32);

const UUID = /^[0-9a-f]{32}$/;

/** @returns undefined when malformed. Upper case is read, though never allowed, and comes back in lower case */
export function parseSessionId(text: string): SessionId | undefined {
  const split = parseParameterised(text);
  const local = split?.value.toLowerCase() ?? '';
  const remote = split?.parameters.get('remote')?.toLowerCase();
  if (!UUID.test(local) || (remote !== undefined && !UUID.test(remote))) return undefined;
  return { local, remote };
}

export function buildSessionId(id: { local: string; remote?: string | undefined }): string {
  return id.remote === undefined ? id.local : `${id.local};remote=${id.remote}`;
}
