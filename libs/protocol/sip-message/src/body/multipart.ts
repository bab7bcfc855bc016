import { parseMediaType } from '../values/media-type.js';
import { buildEntity, entityHeader, parseEntity } from './header-block.js';
import type { Entity } from './header-block.js';

/** Most parts looked at in one multipart body. */
const MAX_PARTS = 16;
/** Deepest multipart within multipart that is looked into. */
const MAX_DEPTH = 4;
/** Longest boundary (RFC 2046 §5.1.1). */
const MAX_BOUNDARY = 70;
const LF = 10;
const CR = 13;
const HYPHEN = 45;

/** The parts of a multipart body (RFC 2046 §5.1, RFC 5621). */
export interface Multipart {
  /** `mixed`, `alternative`, `related`, … in lower case. */
  readonly subtype: string;
  readonly parts: readonly Entity[];
}

/**
 * @param contentType the Content-Type that came with the body
 * @returns undefined when it is no multipart, has no boundary, no end, a broken part, or far too many parts
 */
export function parseMultipart(body: Buffer, contentType: string): Multipart | undefined {
  const media = parseMediaType(contentType);
  const boundary = media?.parameters.get('boundary') ?? '';
  if (media?.type !== 'multipart' || boundary === '' || boundary.length > MAX_BOUNDARY) return undefined;
  const mark = Buffer.from(`--${boundary}`, 'utf8');
  const parts: Entity[] = [];
  let line = nextBoundary(body, 0, mark);
  while (line !== undefined && !line.last) {
    const next = nextBoundary(body, line.behind, mark);
    if (next === undefined || parts.length >= MAX_PARTS) return undefined;
    // The line break in front of a boundary belongs to the boundary.
    const part = parseEntity(body.subarray(line.behind, Math.max(next.before, line.behind)));
    if (part === undefined) return undefined;
    parts.push(part);
    line = next;
  }
  return line === undefined ? undefined : { subtype: media.subtype, parts };
}

interface Boundary {
  /** Where the part in front of it ends. */
  before: number;
  /** Where the next part begins. */
  behind: number;
  last: boolean;
}

function nextBoundary(body: Buffer, from: number, mark: Buffer): Boundary | undefined {
  for (let at = body.indexOf(mark, from); at >= 0; at = body.indexOf(mark, at + 1)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    let end = at + mark.length;
    const last = body[end] === HYPHEN && body[end + 1] === HYPHEN;
    if (last) end += 2;
    while (body[end] === 32 || body[end] === 9) end++;
    if (body[end] === CR && body[end + 1] === LF) end += 2;
    else if (body[end] === LF) end += 1;
    // Something else behind the mark: a longer boundary that begins alike.
    else if (!(last && end === body.length)) continue;
    const before = at === 0 ? 0 : at - (body[at - 2] === CR ? 2 : 1);
    return { before, behind: end, last };
  }
  return undefined;
}

/**
 * A multipart body, and the Content-Type to send it with.
 * @param boundary must not occur in any part; letters and digits, unique enough
 */
export function buildMultipart(multipart: {
  subtype: string;
  boundary: string;
  parts: readonly { headers: Entity['headers']; body: string | Uint8Array }[];
}): { contentType: string; body: Buffer } {
  const { boundary } = multipart;
  const pieces = multipart.parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n`),
    buildEntity(part),
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/${multipart.subtype};boundary="${boundary}"`,
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/**
 * The part with this media type, also within multiparts. Of alternatives the last one that fits is the best
 * (RFC 2046 §5.1.4), elsewhere the first.
 */
export function findPart(body: Buffer, contentType: string, mediaType: string, depth = 0): Entity | undefined {
  const multipart = depth < MAX_DEPTH ? parseMultipart(body, contentType) : undefined;
  if (multipart === undefined) return undefined;
  const parts = multipart.subtype === 'alternative' ? multipart.parts.toReversed() : multipart.parts;
  for (const part of parts) {
    const type = entityHeader(part, 'Content-Type') ?? 'text/plain';
    const media = parseMediaType(type);
    if (media !== undefined && `${media.type}/${media.subtype}` === mediaType) return part;
    const inner = findPart(part.body, type, mediaType, depth + 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The part that a `cid:` URI names (RFC 2392), e.g. of Geolocation or Referred-By. */
export function findPartById(multipart: Multipart, contentId: string): Entity | undefined {
  return multipart.parts.find((part) => entityHeader(part, 'Content-ID')?.replace(/^<(.*)>$/, '$1') === contentId);
}
