import { hasAttribute } from './attributes.js';
import type { MediaDescription, SessionDescription } from '../session-description.js';

/** RFC 8866 §6.7, from the side of who wrote the SDP. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

function isDirection(name: string): name is Direction {
  return name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive';
}

/**
 * A media-level direction beats the session's; none means `sendrecv`. A connection to 0.0.0.0 is the old way to hold
 * (RFC 3264 §8.4): its writer does not want to receive. With ICE it only says that no candidate is known yet
 * (RFC 8829 §5.2.1).
 */
export function directionOf(session: SessionDescription, media: MediaDescription): Direction {
  const named = statedDirectionOf(session, media);
  const address = (media.connections[0] ?? session.connection)?.address;
  const ice = hasAttribute(media, 'ice-ufrag') || hasAttribute(session, 'ice-ufrag');
  return !ice && (address === '0.0.0.0' || address === '::') ? withoutReceiving(named) : named;
}

/** The direction by its attribute alone. */
export function statedDirectionOf(session: SessionDescription, media: MediaDescription): Direction {
  return ownDirection(media) ?? ownDirection(session) ?? 'sendrecv';
}

function ownDirection(section: SessionDescription | MediaDescription): Direction | undefined {
  for (const { name } of section.attributes) if (isDirection(name)) return name;
  return undefined;
}

/** The section with this direction said at media level, in the place of the one it had. */
export function withDirection(media: MediaDescription, direction: Direction): MediaDescription {
  const at = media.attributes.findIndex(({ name }) => isDirection(name));
  const rest = media.attributes.filter(({ name }) => !isDirection(name));
  const attributes = rest.toSpliced(at < 0 ? rest.length : at, 0, { name: direction });
  return { ...media, attributes };
}

/**
 * The direction with which a stream is put on hold (RFC 3264 §8.4): we go on sending if we did, and take nothing.
 * Resuming is offering what was there before.
 */
export function heldDirection(direction: Direction): Direction {
  return withoutReceiving(direction);
}

/** The same stream from the other side. */
export function reverseDirection(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly';
  return direction === 'recvonly' ? 'sendonly' : direction;
}

/** What both allow, seen from one side (RFC 3264 §6.1: an answer may only narrow the offer). */
export function narrowDirection(one: Direction, other: Direction): Direction {
  const send = sends(one) && sends(other);
  const receive = receives(one) && receives(other);
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}

export function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

function withoutReceiving(direction: Direction): Direction {
  return sends(direction) ? 'sendonly' : 'inactive';
}
