import { formatIpAddress, parseIpAddress } from './ip-address.js';

/** RFC 1918 §3: whoever is in them is on a network of one's own. */
const PRIVATE_IPV4 = [
  { octets: [10, 0], bits: 8 },
  { octets: [172, 16], bits: 12 },
] as const;
/** Bits of the prefix of the widest network that may be vouched for as a whole. */
const WIDEST = { 4: 16, 6: 32 } as const;

const EVERYBODY = 'This is everybody: nobody would be banned any more';

export type ParsedNetwork =
  | { readonly ok: true; readonly network: string }
  /** `words`: what is wrong, for whoever typed it. */
  | { readonly ok: false; readonly words: string };

/**
 * An address or a network that somebody types (`192.0.2.7`, `192.0.2.0/24`, `2001:db8::/48`; RFC 4632 §3.1, RFC 4291 §2.3),
 * written the one way that it is compared by: bits of hosts cleared, IPv6 by RFC 5952, IPv4 in IPv6 as IPv4, no prefix for a
 * single address. Refused: everything, and networks so wide that anybody could be in them.
 */
export function parseNetwork(text: string): ParsedNetwork {
  const [host = '', prefix, ...rest] = text.trim().split('/');
  const octets = /^[0-9a-fA-F:.]+$/.test(host) ? parseIpAddress(host) : undefined;
  if (octets === undefined || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
    return refuse('Enter an address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/48');
  const most = octets.length * 8;
  const bits = prefix === undefined ? most : Number(prefix);
  if (bits > most) return refuse(`The number after the slash is ${most} at most`);
  if (most === 32 || octets.some((octet, at) => at < 10 && octet !== 0)) return judge(octets, bits);
  // RFC 4291 §2.5.5.2; what is wider than that has all of IPv4 in it, or nothing.
  if (octets[10] === 0xff && octets[11] === 0xff && bits >= 96) return judge(octets.slice(12), bits - 96);
  if (bits < 96) return refuse(EVERYBODY);
  return judge(octets, bits);
}

function judge(octets: Uint8Array, bits: number): ParsedNetwork {
  const most = octets.length * 8;
  if (bits === 0) return refuse(EVERYBODY);
  const plain = octets.map((octet, at) => octet & (0xff << Math.min(8, Math.max(0, 8 * (at + 1) - bits))));
  const widest = widestOf(plain);
  if (bits < widest)
    return refuse(`This network is too wide: /${widest} at most here. Enter the parts of it that are really yours`);
  if (plain.every((octet) => octet === 0)) return refuse('This address stands for none');
  const address = formatIpAddress(plain);
  return { ok: true, network: bits === most ? address : `${address}/${bits}` };
}

function widestOf(octets: Uint8Array): number {
  if (octets.length === 16) return WIDEST[6];
  const [first = 0, second = 0] = octets;
  const own = PRIVATE_IPV4.find(({ octets: [one, other], bits }) =>
    bits === 8 ? first === one : first === one && (second & 0xf0) === other,
  );
  return own?.bits ?? WIDEST[4];
}

const refuse = (words: string): ParsedNetwork => ({ ok: false, words });
