import { DtmfDigit } from '@carillon/domain';
import type { SessionBehaviour } from '../call-parts.js';
import { passOn } from './pass-messages.js';

export interface InfoKey {
  readonly digit: DtmfDigit;
  readonly durationMs?: number;
}

/** Keys by INFO, as older phones send them: `application/dtmf-relay` and `application/dtmf`. */
export const takeInfoKeys: SessionBehaviour = (parts, call, leg, session) => {
  session.on('info', (incoming) => {
    const key = readInfoKey(incoming.request.contentType, incoming.request.bodyText);
    if (key === undefined) {
      // Some phones send an empty INFO to see whether we are still there (RFC 6086 §4.2.2 answers 200).
      if (incoming.request.body.length === 0) incoming.reply(200);
      else passOn(parts, call, { leg, incoming, method: 'INFO' });
      return;
    }
    void parts.media.takeKey(leg, key).then((outcome) => incoming.reply(outcome.ok ? 200 : 500));
  });
};

/** Two short lines. What is longer is not looked at: a search through blank lines would take seconds. */
const LONGEST_BODY = 256;

/** @param contentType lower case, without parameters */
export function readInfoKey(contentType: string | undefined, body: string): InfoKey | undefined {
  if (body.length > LONGEST_BODY) return undefined;
  if (contentType === 'application/dtmf') return asKey(body);
  if (contentType !== 'application/dtmf-relay') return undefined;
  const signal = /^\s*signal\s*=\s*(\S+)\s*$/im.exec(body)?.[1];
  const duration = Number(/^\s*duration\s*=\s*(\d{1,5})\s*$/im.exec(body)?.[1] ?? Number.NaN);
  const key = asKey(signal ?? '');
  return key === undefined || !(duration > 0) ? key : { ...key, durationMs: duration };
}

/** 10 and 11 are the star and the hash in the numbering of RFC 4733. */
function asKey(text: string): InfoKey | undefined {
  const word = text.trim().toUpperCase();
  const digit = DtmfDigit.safeParse(word === '10' ? '*' : word === '11' ? '#' : word);
  return digit.success ? { digit: digit.data } : undefined;
}
