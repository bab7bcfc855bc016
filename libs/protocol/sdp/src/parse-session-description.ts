import { SDP_LIMITS } from './limits.js';
import { keepMediaLines, keepSessionLines } from './source-text.js';
import {
  parseAttribute,
  parseBandwidth,
  parseConnection,
  parseMediaLine,
  parseOrigin,
  type MediaLine,
} from './parse-lines.js';
import type {
  Attribute,
  Bandwidth,
  Connection,
  MediaDescription,
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
  | 'bad-bandwidth'
  | 'bad-time'
  | 'bad-attribute'
  | 'bad-media';

/** `line` counts from 1. */
export type ParsedSessionDescription =
  | { readonly ok: true; readonly description: SessionDescription }
  | { readonly ok: false; readonly code: SdpErrorCode; readonly line: number };

interface MediaDraft {
  line: MediaLine;
  information?: string;
  key?: string;
  connections: Connection[];
  bandwidths: Bandwidth[];
  attributes: Attribute[];
}

interface Draft {
  origin?: Origin;
  name: string;
  information?: string;
  uri?: string;
  emails: string[];
  phones: string[];
  connection?: Connection;
  bandwidths: Bandwidth[];
  times: { start: string; stop: string; repeats: string[] }[];
  zone?: string;
  key?: string;
  attributes: Attribute[];
  media: MediaDraft[];
}

/**
 * Reads an SDP (RFC 8866). Never throws. Tolerant where phones are sloppy and no meaning is lost (bare LF, a missing
 * `s=` or `t=`, lines out of order within their section); a type letter that the RFC does not know refuses the whole (§5).
 */
export function parseSessionDescription(text: string): ParsedSessionDescription {
  if (text.length > SDP_LIMITS.maxCharacters) return { ok: false, code: 'too-large', line: 1 };
  const lines = text.split(/\r\n|\n|\r/, SDP_LIMITS.maxLines + 1);
  if (lines.length > SDP_LIMITS.maxLines) return { ok: false, code: 'too-many-lines', line: SDP_LIMITS.maxLines + 1 };
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  if (lines[0]?.trimEnd() !== 'v=0') return { ok: false, code: 'no-version', line: 1 };

  const sections: string[][] = [[]];
  const draft: Draft = { name: '-', emails: [], phones: [], bandwidths: [], times: [], attributes: [], media: [] };
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const error = readLine(draft, line);
    if (error !== undefined) return { ok: false, code: error, line: index + 1 };
    if (line.startsWith('m=')) sections.push([line]);
    else sections.at(-1)?.push(line);
  }
  const { origin } = draft;
  if (origin === undefined) return { ok: false, code: 'no-origin', line: lines.length };
  const media = draft.media.map((section, index) => keepMediaLines(finishMedia(section), sections[index + 1] ?? []));
  const description = { ...draft, origin, media };
  // What lacks a line that RFC 8866 demands is written as it should have come.
  const own = sections[0] ?? [];
  const whole = own.some((line) => line.startsWith('s=')) && own.some((line) => line.startsWith('t='));
  return { ok: true, description: whole ? keepSessionLines(description, own) : description };
}

function finishMedia({ line, ...rest }: MediaDraft): MediaDescription {
  return { ...line, ...rest };
}

function readLine(draft: Draft, line: string): SdpErrorCode | undefined {
  if (line.length < 2 || line[1] !== '=') return 'bad-line';
  const type = line[0];
  const value = line.slice(2);
  if (type === 'm') return readMedia(draft, value);
  const media = draft.media.at(-1);
  switch (type) {
    case 'a':
      return pushParsed((media ?? draft).attributes, parseAttribute(value), 'bad-attribute');
    case 'b':
      return pushParsed((media ?? draft).bandwidths, parseBandwidth(value), 'bad-bandwidth');
    case 'c':
      return readConnection(draft, media, value);
    case 'i':
      (media ?? draft).information = value;
      return undefined;
    case 'k':
      (media ?? draft).key = value;
      return undefined;
    default:
      return media === undefined ? readSessionLine(draft, type ?? '', value) : misplaced(type ?? '');
  }
}

/** Session-only types behind an `m=` line break the grammar; anything else is no type at all. */
function misplaced(type: string): SdpErrorCode {
  return 'voseptruz'.includes(type) ? 'bad-line' : 'unknown-type';
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
      return readTime(draft, value);
    case 'r':
      return readRepeat(draft, value);
    default:
      return type === 'v' ? 'bad-line' : 'unknown-type';
  }
}

function readTime(draft: Draft, value: string): SdpErrorCode | undefined {
  const [start, stop, ...rest] = value.trim().split(/ +/);
  if (!start || !stop || rest.length > 0 || !/^\d+$/.test(start) || !/^\d+$/.test(stop)) return 'bad-time';
  draft.times.push({ start, stop, repeats: [] } satisfies TimeDescription);
  return undefined;
}

function readRepeat(draft: Draft, value: string): SdpErrorCode | undefined {
  const time = draft.times.at(-1);
  if (time === undefined) return 'bad-time';
  time.repeats.push(value);
  return undefined;
}

function readConnection(draft: Draft, media: MediaDraft | undefined, value: string): SdpErrorCode | undefined {
  const connection = parseConnection(value);
  if (connection === undefined) return 'bad-connection';
  if (media === undefined) draft.connection = connection;
  else media.connections.push(connection);
  return undefined;
}

function readMedia(draft: Draft, value: string): SdpErrorCode | undefined {
  const line = parseMediaLine(value);
  if (line === undefined) return 'bad-media';
  if (draft.media.length >= SDP_LIMITS.maxMedia) return 'too-many-media';
  draft.media.push({ line, connections: [], bandwidths: [], attributes: [] });
  return undefined;
}

function pushParsed<T>(list: T[], value: T | undefined, code: SdpErrorCode): SdpErrorCode | undefined {
  if (value === undefined) return code;
  list.push(value);
  return undefined;
}
