import { EQUALS, GREATER_THAN, LESS_THAN, QUOTE, SEMICOLON, isToken, isTokenOctet } from './characters.js';
import { endOfQuotedString, quote, unquote } from './quoted-string.js';

/**
 * `;name=value;flag` of a URI or header, kept as text and searched when asked: a message has dozens of parameters,
 * and a request is routed by three of them. Names are compared without case.
 */
export class Parameters {
  static readonly none = new Parameters('');

  /** @param text empty, or begins with `;` */
  constructor(readonly text: string) {}

  /** The value without quotes; `''` for a flag; undefined when absent. */
  get(name: string): string | undefined {
    const raw = this.raw(name);
    return raw === undefined ? undefined : unquote(raw);
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** In the order written. */
  *entries(): Generator<readonly [name: string, value: string]> {
    for (const part of splitParameters(this.text)) {
      const equals = part.indexOf('=');
      if (equals < 0) yield [part.trim(), ''];
      else yield [part.slice(0, equals).trim(), unquote(part.slice(equals + 1).trim())];
    }
  }

  /** A copy with the parameter set (replaced in place or appended); `''` writes a flag. */
  with(name: string, value: string): Parameters {
    return this.withWritten(value === '' ? name : `${name}=${isParameterValue(value) ? value : quote(value)}`);
  }

  /** Like {@link with}, for a parameter that is always quoted, whatever it holds. */
  withQuoted(name: string, value: string): Parameters {
    return this.withWritten(`${name}=${quote(value)}`);
  }

  /** Like {@link with}, for `name=value` exactly as it is to be written. */
  withWritten(written: string): Parameters {
    if (this.text === '') return new Parameters(`;${written}`);
    const name = nameOf(written);
    const parts = splitParameters(this.text);
    const at = parts.findIndex((part) => nameOf(part) === name);
    if (at < 0) parts.push(written);
    else parts[at] = written;
    return new Parameters(parts.map((part) => `;${part}`).join(''));
  }

  without(name: string): Parameters {
    const kept = splitParameters(this.text).filter((part) => nameOf(part) !== name.toLowerCase());
    return new Parameters(kept.map((part) => `;${part}`).join(''));
  }

  toString(): string {
    return this.text;
  }

  private raw(name: string): string | undefined {
    const { text } = this;
    let at = 0;
    while (at < text.length) {
      at++;
      const end = endOfParameter(text, at);
      if (end < 0) return undefined;
      if (matches(text, at, end, name)) {
        const equals = text.indexOf('=', at);
        return equals < 0 || equals >= end ? '' : text.slice(equals + 1, end).trim();
      }
      at = end;
    }
    return undefined;
  }
}

/**
 * One semicolon behind the last parameter is read over: phones leave it there, and it says nothing.
 * @returns undefined when a parameter has no name, a name is no token, or a quoted value never closes
 */
export function parseParameters(text: string): Parameters | undefined {
  let trimmed = text.trim();
  if (trimmed.charCodeAt(trimmed.length - 1) === SEMICOLON) trimmed = withoutLast(trimmed);
  if (trimmed === '') return Parameters.none;
  const { length } = trimmed;
  let at = 0;
  while (at < length) {
    if (trimmed.charCodeAt(at) !== SEMICOLON) return undefined;
    at = skipBlanks(trimmed, at + 1);
    const nameStart = at;
    while (at < length && isTokenOctet(trimmed.charCodeAt(at))) at++;
    if (at === nameStart) return undefined;
    at = skipBlanks(trimmed, at);
    if (at < length && trimmed.charCodeAt(at) === EQUALS) {
      at = endOfParameter(trimmed, at);
      if (at < 0) return undefined;
    }
  }
  return new Parameters(trimmed);
}

/** Without the semicolon at its end, unless another one is in front of it: those are separators of nothing (RFC 4475 §3.1.2.1). */
function withoutLast(text: string): string {
  const rest = text.slice(0, -1).trimEnd();
  return rest.charCodeAt(rest.length - 1) === SEMICOLON ? text : rest;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function isParameterValue(value: string): boolean {
  // Hosts in brackets (received=[::1]) are values too: gen-value = token / host / quoted-string.
  return isToken(value) || /^[[\]0-9a-fA-F:.]+$/.test(value);
}

function matches(text: string, from: number, end: number, name: string): boolean {
  while (from < end && text.charCodeAt(from) <= 32) from++;
  const last = from + name.length;
  if (last > end) return false;
  if (last < end && !endsName(text.charCodeAt(last))) return false;
  for (let at = 0; at < name.length; at++) {
    const left = text.charCodeAt(from + at);
    const right = name.charCodeAt(at);
    if (left !== right && (left | 32) !== (right | 32)) return false;
  }
  return true;
}

function endsName(code: number): boolean {
  return code === EQUALS || code === SEMICOLON || code <= 32;
}

/** Index of the `;` behind the parameter that starts at `from`, or the end; -1 when a quote never closes. */
function endOfParameter(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON) return at;
    if (code === QUOTE && isValueStart(text, at)) {
      at = endOfQuotedString(text, at);
      if (at < 0) return -1;
      // Nothing but blanks may follow.
      at = skipBlanks(text, at);
      if (at < text.length && text.charCodeAt(at) !== SEMICOLON) return -1;
    } else if (code === LESS_THAN && text.indexOf('=', from) === equalsBefore(text, at)) {
      // `info=<uri>` (RFC 8224 §4): a semicolon inside belongs to the URI.
      at = text.indexOf('>', at) + 1;
      if (at === 0) return -1;
    } else if (code === LESS_THAN || code === GREATER_THAN) {
      // Elsewhere a bracket would leave open where the address ends, and which tag counts.
      return -1;
    } else at++;
  }
  return at;
}

function isValueStart(text: string, at: number): boolean {
  return equalsBefore(text, at) >= 0;
}

/** Index of the `=` in front of what is at `at`, blanks left out; -2 when something else is there. */
function equalsBefore(text: string, at: number): number {
  let before = at - 1;
  while (before >= 0 && text.charCodeAt(before) <= 32) before--;
  return text.charCodeAt(before) === EQUALS ? before : NOWHERE;
}

/** No index, and not what `indexOf` says either. */
const NOWHERE = -2;

function splitParameters(text: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    at++;
    const found = endOfParameter(text, at);
    const end = found < 0 ? text.length : found;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

function nameOf(part: string): string {
  const equals = part.indexOf('=');
  return (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
}
