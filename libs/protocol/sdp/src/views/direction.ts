import type { MediaDescription, SessionDescription } from '../session-description.js';

/** RFC 8866 §6.7, from the side of who wrote the SDP. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

const isDirection = (name: string): name is Direction => DIRECTIONS.some((direction) => direction === name);

/**
 * A media-level direction beats the session's; none means `sendrecv`. A connection to 0.0.0.0 is the old way to hold
 * (RFC 3264 §8.4): its writer does not want to receive.
 */
export function directionOf(session: SessionDescription, media: MediaDescription): Direction {
  const named = [...media.attributes, ...session.attributes].map(({ name }) => name).find(isDirection) ?? 'sendrecv';
  const address = (media.connections[0] ?? session.connection)?.address;
  return address === '0.0.0.0' || address === '::' ? withoutReceiving(named) : named;
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
