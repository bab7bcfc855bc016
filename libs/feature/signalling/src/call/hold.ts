import { directionOf, parseSessionDescription, receives, sends } from '@carillon/sdp';

/** How a phone has put the other on hold: it still sends (music), or nothing goes either way. */
export type Hold = 'none' | 'sendonly' | 'inactive';

/** What an offer says about hold: by direction, or by the address 0.0.0.0 (RFC 3264 §8.4). */
export function holdOf(offer: string): Hold {
  const parsed = parseSessionDescription(offer);
  if (!parsed.ok) return 'none';
  const { description } = parsed;
  const directions = description.media.filter(({ port }) => port !== 0).map((media) => directionOf(description, media));
  if (directions.length === 0 || directions.some(receives)) return 'none';
  return directions.some(sends) ? 'sendonly' : 'inactive';
}
