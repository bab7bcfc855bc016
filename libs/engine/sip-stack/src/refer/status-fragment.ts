import { reasonPhrase } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import { headerLines } from '../header-lines.js';

/** Body of a NOTIFY of REFER (RFC 3515 §2.4.5, RFC 3420). */
export const FRAGMENT_TYPE = 'message/sipfrag;version=2.0';

const STATUS_LINE = /^\s*SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]{0,500}))?(?:\r?\n|$)/i;

/** Status line and header fields of a response. */
export function buildStatusFragment(status: number, options: { reason?: string; headers?: HeaderFields } = {}): string {
  const reason = (options.reason ?? reasonPhrase(status)).replaceAll(/[\r\n]+/g, ' ');
  const lines = headerLines(options.headers).map(
    ([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, ' ')}\r\n`,
  );
  return `SIP/2.0 ${status} ${reason}\r\n${lines.join('')}`;
}

/** @returns undefined when it does not begin with a status line */
export function parseStatusFragment(text: string): { status: number; reason: string } | undefined {
  const match = STATUS_LINE.exec(text);
  return match === null ? undefined : { status: Number(match[1]), reason: (match[2] ?? '').trim() };
}
