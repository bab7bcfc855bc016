import { parseDecimal } from './characters.js';
import { endOfComment, unescapeComment } from './comment.js';
import { decimalParameter, withParameters } from './parameterised.js';
import { Parameters, parseParameters } from './parameters.js';

/** Retry-After (RFC 3261 §20.33), e.g. `18000;duration=3600` or `120 (I'm in a meeting)`. */
export interface RetryAfter {
  readonly seconds: number;
  readonly comment: string | undefined;
  /** How long the callee can then be reached, seconds. */
  readonly duration: number | undefined;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseRetryAfter(text: string): RetryAfter | undefined {
  const digits = /^\s*(\d{1,10})\s*/.exec(text);
  const seconds = parseDecimal(digits?.[1] ?? '', 2 ** 32 - 1);
  if (digits === null || seconds === undefined) return undefined;
  let at = digits[0].length;
  let comment: string | undefined;
  if (text[at] === '(') {
    const end = endOfComment(text, at);
    if (end < 0) return undefined;
    comment = unescapeComment(text.slice(at + 1, end - 1));
    at = end;
  }
  const parameters = parseParameters(text.slice(at));
  return parameters && { seconds, comment, duration: decimalParameter(parameters, 'duration'), parameters };
}

export function buildRetryAfter(parts: {
  seconds: number;
  comment?: string | undefined;
  duration?: number | undefined;
  parameters?: Parameters;
}): string {
  const comment =
    parts.comment === undefined ? '' : ` (${parts.comment.replace(/[\r\n]+/g, ' ').replace(/[()\\]/g, '\\$&')})`;
  return `${parts.seconds}${comment}${withParameters(parts.parameters ?? Parameters.none, { duration: parts.duration }).text}`;
}
