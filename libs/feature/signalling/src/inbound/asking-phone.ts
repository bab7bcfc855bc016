import type { SipRequest } from '@carillon/sip-message';
import type { RequestSource } from '@carillon/sip-stack';

/** A request, and where it came from. */
export interface Asking {
  readonly request: SipRequest;
  readonly source: Pick<RequestSource, 'protocol' | 'address' | 'port'>;
}

/** Two numbers that keys begin with; secret, or a stranger could think out a name that has the key of another. */
export type KeyBasis = readonly [number, number];

/** Of a name or address, what tells phones apart. */
const MOST_CHARACTERS = 120;
const SPACE = 32;
/** FNV-1a's, and one for the second half of the key. */
const PRIMES = [16_777_619, 2_246_822_519] as const;

/**
 * What tells phones apart: the user it speaks for, where it is, and what it calls itself. Nothing of it is proven. The
 * port belongs to it over UDP, where addresses can be made up; a phone that opens a new connection has a new one.
 */
export function partsOfPhone({ request, source: { protocol, address, port } }: Asking): readonly string[] {
  const user = request.method === 'REGISTER' ? request.to?.uri : request.from?.uri;
  const userAgent = request.glance('User-Agent') ?? '';
  return [clip(user ?? ''), address, protocol === 'udp' ? String(port) : '', clip(userAgent)];
}

/** The same as text, for other processes. */
export function textOfPhone(phone: Asking): string {
  return partsOfPhone(phone).join(' ');
}

/**
 * 53 bits that stand for a phone: nothing is put together for it, and nothing of a message is kept.
 * @param parts of `partsOfPhone`, or `textOfPhone` as the only one
 */
export function keyOfPhone(parts: readonly string[], [first, second]: KeyBasis): number {
  let high = first;
  let low = second;
  for (const part of parts) {
    for (let at = 0; at <= part.length; at++) {
      const code = at < part.length ? part.charCodeAt(at) : SPACE;
      high = Math.imul(high ^ code, PRIMES[0]);
      low = Math.imul(low ^ code, PRIMES[1]);
    }
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

const clip = (text: string): string => (text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text);
