import {
  entityHeader,
  findPartById,
  parseMultipart,
  splitValues,
  type Entity,
  type SipMessage,
} from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';

/** RFC 4119: the only kind of part that a Geolocation names. */
const PIDF = /^application\/pidf\+xml\s*(?:;|$)/i;
/** Octets of one description of a place, and how many of them go along, at most. */
const LONGEST_PLACE = 16_384;
const MOST_PLACES = 4;
const CONTENT_ID = /<cid:([^<>\s]{1,256})>/gi;

/**
 * The places that a message's Geolocation names by `cid:` (RFC 6442 §4.1, RFC 2392): parts of its body that go along with it, as
 * they came. They are not looked into: we are no recipient of them.
 */
export function conveyedPlaces(message: SipMessage): readonly Entity[] {
  const names = message
    .headers('Geolocation')
    .flatMap((value) => [...value.matchAll(CONTENT_ID)].flatMap(([, name]) => (name === undefined ? [] : [name])))
    .slice(0, MOST_PLACES);
  if (names.length === 0) return [];
  const multipart = parseMultipart(message.body, message.header('Content-Type') ?? '');
  if (multipart === undefined) return [];
  return [...new Set(names)].flatMap((name) => {
    const part = findPartById(multipart, name) ?? findPartById(multipart, decoded(name));
    return part !== undefined && isPlace(part) ? [part] : [];
  });
}

/** How much an INVITE says of where the caller is: with the places themselves, only where they can be fetched, or nothing. */
export type PlaceTold = 'all' | 'by-reference' | 'nothing';

/** Headers that say no more than that: what names a part of the body does not go where the part does not (RFC 6442 §4.1). */
export function tellOfPlace(headers: HeaderFields, told: PlaceTold): HeaderFields {
  // Looked at before anything is copied: hardly a call has it.
  if (headers['Geolocation'] === undefined || told === 'all') return headers;
  const { Geolocation: named, ...others } = headers;
  const values = told === 'nothing' ? [] : (typeof named === 'string' ? [named] : named).flatMap(splitValues);
  const fetched = values.filter((value) => value !== '' && !/^<cid:/i.test(value));
  return fetched.length === 0 ? others : { ...others, Geolocation: fetched };
}

function isPlace(part: Entity): boolean {
  return part.body.length <= LONGEST_PLACE && PIDF.test(entityHeader(part, 'Content-Type')?.trim() ?? '');
}

/** In a URI some characters are escaped (RFC 2392 §2). */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
