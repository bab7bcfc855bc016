import { SDP_LIMITS } from './limits.js';
import { keepSessionLines, ReadMedia } from './source-text.js';
import {
  linesOf,
  parseAttribute,
  parseBandwidth,
  parseConnection,
  parseMediaLine,
  parseOrigin,
  parseTime,
} from './parse-lines.js';
import type {
  Attribute,
  Bandwidth,
  Connection,
  Origin,
  SessionDescription,
  TimeDescription,
} from './session-description.js';

export type SdpErrorCode =
  | 'too-large'
  | 'too-many-lines'
  | 'too-many-media'
  | 'no-version'
  | 'no-origin'
  | 'bad-line'
  | 'unknown-type'
  | 'bad-origin'
  | 'bad-connection'
  | 'bad-media';

/** `line` counts from 1. */
export type ParsedSessionDescription =
  | { readonly ok: true; readonly description: SessionDescription }
  | { readonly ok: false; readonly code: SdpErrorCode; readonly line: number };

interface Draft {
  origin: Origin | undefined;
  name: string;
  information: string | undefined;
  uri: string | undefined;
  readonly emails: string[];
  readonly phones: string[];
  connection: Connection | undefined;
  readonly bandwidths: Bandwidth[];
  readonly times: { start: string; stop: string; repeats: string[] }[];
  zone: string | undefined;
  key: string | undefined;
  readonly attributes: Attribute[];
  readonly media: ReadMedia[];
}

/**
 * Reads an SDP (RFC 8866). Never throws. Tolerant where phones are sloppy and no meaning is lost: bare LF, blank lines and
 * blanks around lines, a missing `s=` or `t=`, lines of the session out of order or behind a section, and lines that say
 * nothing about media, whatever is wrong in them. A type letter that the RFC does not know refuses the whole (§5).
 */
export function parseSessionDescription(text: string): ParsedSessionDescription {
  if (text.length > SDP_LIMITS.maxCharacters) return { ok: false, code: 'too-large', line: 1 };
  const lines = linesOf(withoutZeros(text), SDP_LIMITS.maxLines + 1);
  if (lines.length > SDP_LIMITS.maxLines) return { ok: false, code: 'too-many-lines', line: SDP_LIMITS.maxLines + 1 };
  while (lines.at(-1)?.trim() === '') lines.pop();
  let index = 0;
  while (lines[index]?.trim() === '') index += 1;
  if (lines[index]?.trim() !== 'v=0') return { ok: false, code: 'no-version', line: 1 };

  const draft = emptyDraft();
  const own: string[] = [];
  for (index += 1; index < lines.length; index += 1) {
    const raw = lines[index] ?? '';
    const line = raw[1] === '=' ? raw : raw.trim();
    if (line === '') continue;
    const media = draft.media.at(-1);
    const error = readLine(draft, line);
    if (error !== undefined) return { ok: false, code: error, line: index + 1 };
    if (draft.media.at(-1) !== media) continue;
    if (media === undefined || isOfSession(line)) own.push(line);
    else media.keep(line);
  }
  const { origin } = draft;
  if (origin === undefined) return { ok: false, code: 'no-origin', line: lines.length };
  const description = finish(draft, origin);
  // What lacks a line that RFC 8866 demands is written as it should have come.
  const whole = hasLine(own, 's=') && hasLine(own, 't=');
  return { ok: true, description: whole ? keepSessionLines(description, own) : description };
}

function hasLine(lines: readonly string[], type: string): boolean {
  for (const line of lines) if (line.startsWith(type)) return true;
  return false;
}

/** Phones in C send the zero with which their texts end. */
function withoutZeros(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

/** Whether a line speaks of the session wherever it stands (RFC 8866 §5). */
function isOfSession(line: string): boolean {
  return 'osuepztr'.includes(line[0] ?? '');
}

function emptyDraft(): Draft {
  return {
    origin: undefined,
    name: '-',
    information: undefined,
    uri: undefined,
    emails: [],
    phones: [],
    connection: undefined,
    bandwidths: [],
    times: [],
    zone: undefined,
    key: undefined,
    attributes: [],
    media: [],
  };
}

function finish(draft: Draft, origin: Origin): SessionDescription {
  const { name, information, uri, emails, phones, connection, bandwidths, times, zone, key, attributes, media } = draft;
  return {
    origin,
    name,
    information,
    uri,
    emails,
    phones,
    connection,
    bandwidths,
    times,
    zone,
    key,
    attributes,
    media,
  };
}

function readLine(draft: Draft, line: string): SdpErrorCode | undefined {
  if (line.length < 2 || line[1] !== '=') return 'bad-line';
  const type = line[0];
  const value = line.slice(2);
  if (type === 'm') return readMedia(draft, value, line);
  const media = draft.media.at(-1);
  switch (type) {
    case 'a':
      pushRead((media ?? draft).attributes, parseAttribute(value));
      return undefined;
    case 'b':
      pushRead((media ?? draft).bandwidths, parseBandwidth(value));
      return undefined;
    case 'c':
      return readConnection(draft, media, value);
    case 'i':
      (media ?? draft).information = value;
      return undefined;
    case 'k':
      (media ?? draft).key = value;
      return undefined;
    default:
      return readSessionLine(draft, type ?? '', value);
  }
}

function readSessionLine(draft: Draft, type: string, value: string): SdpErrorCode | undefined {
  switch (type) {
    case 'o': {
      const origin = parseOrigin(value);
      if (origin === undefined || draft.origin !== undefined) return 'bad-origin';
      draft.origin = origin;
      return undefined;
    }
    case 's':
      draft.name = value;
      return undefined;
    case 'u':
      draft.uri = value;
      return undefined;
    case 'e':
      draft.emails.push(value);
      return undefined;
    case 'p':
      draft.phones.push(value);
      return undefined;
    case 'z':
      draft.zone = value;
      return undefined;
    case 't':
      readTime(draft, value);
      return undefined;
    case 'r':
      draft.times.at(-1)?.repeats.push(value);
      return undefined;
    default:
      return type === 'v' ? 'bad-line' : 'unknown-type';
  }
}

/** When a session takes place is of no use to a call (RFC 3264 §5): what nobody can read costs it nothing. */
function readTime(draft: Draft, value: string): void {
  const time = parseTime(value);
  if (time !== undefined)
    draft.times.push({ start: time.start, stop: time.stop, repeats: [] } satisfies TimeDescription);
}

function readConnection(draft: Draft, media: ReadMedia | undefined, value: string): SdpErrorCode | undefined {
  const connection = parseConnection(value);
  if (connection === undefined) return 'bad-connection';
  if (media === undefined) draft.connection = connection;
  else media.connections.push(connection);
  return undefined;
}

function readMedia(draft: Draft, value: string, text: string): SdpErrorCode | undefined {
  const line = parseMediaLine(value);
  if (line === undefined) return 'bad-media';
  if (draft.media.length >= SDP_LIMITS.maxMedia) return 'too-many-media';
  draft.media.push(new ReadMedia(line, text));
  return undefined;
}

function pushRead<T>(list: T[], value: T | undefined): void {
  if (value !== undefined) list.push(value);
}
