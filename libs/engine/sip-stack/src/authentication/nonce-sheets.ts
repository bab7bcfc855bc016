import { createCipheriv, createHmac } from 'node:crypto';
import type { Random } from '../random.js';
import { sameText } from './same-text.js';

/** Nonces on a sheet. */
const PER_SHEET = 64;
/** Of one nonce's seal: 144 bits, which base64url writes without padding. */
const SEAL_OCTETS = 18;
const SEAL_LENGTH = 24;
const TIME_OCTETS = 4;
const NUMBER_OCTETS = 5;
/** Of time and number in base64url. */
export const NAME_LENGTH = 12;
const NONCE_LENGTH = NAME_LENGTH + 1 + SEAL_LENGTH;
/** Block of AES: the counter of a sheet's key stream begins at zero behind the sheet's name. */
const BLOCK_OCTETS = 16;
/** Sheets whose text is at hand, 1.5 kB each; an older one is written again when one of its nonces comes back. */
const MAX_AT_HAND = 512;
const MAX_REALMS = 1_000;

/** Where on a sheet a nonce stands: the digits of base64url. */
const PLACES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What 64 nonces of one second are made of. */
interface Sheet {
  readonly name: string;
  /** Seconds since 1970. */
  readonly madeAt: number;
  readonly seals: string;
}

/** One realm's key, and the sheet that nonces are taken from now. */
interface Realm {
  readonly key: Buffer;
  sheet: Sheet | undefined;
  taken: number;
}

/**
 * Nonces that prove by themselves when they were made and by whom (RFC 7616 §3.3), so that a flood of challenges costs no
 * memory. They are sealed by the sheet: one pass of AES makes what 64 nonces need, where a keyed hash for each would be
 * felt at thousands of challenges a second.
 *
 * ```text
 * nonce:  | name of the sheet: 12 characters       | place | seal: 24 characters                   |
 *         | made at, seconds: 4 octets | number: 5 |       | 18 octets of AES-256-CTR's key stream  |
 *                                                            key: HMAC-SHA-256(secret, realm), counter: the name, 0…
 * ```
 */
export class NonceSheets {
  private readonly realms = new Map<string, Realm>();
  /** By name and realm, in two generations. */
  private young = new Map<string, Sheet>();
  private old = new Map<string, Sheet>();

  /** @param secret of all processes that serve the same realms */
  constructor(
    private readonly secret: Uint8Array,
    private readonly random: Random,
  ) {}

  /** @param nowSeconds since 1970 */
  make(realm: string, nowSeconds: number): string {
    const own = this.realmOf(realm);
    const now = Math.floor(nowSeconds);
    let { sheet } = own;
    if (sheet === undefined || sheet.madeAt !== now || own.taken === PER_SHEET) {
      sheet = this.newSheet(own.key, now);
      this.keep(sheet, realm);
      own.sheet = sheet;
      own.taken = 0;
    }
    const at = own.taken;
    own.taken += 1;
    return sheet.name + PLACES.charAt(at) + sealAt(sheet, at);
  }

  /**
   * @param lifetimeSeconds nonces that are older are not looked at
   * @returns age in seconds of a nonce that was made for this realm; undefined when it was not, or is too old
   */
  age(
    nonce: string,
    { realm, nowSeconds, lifetimeSeconds }: { realm: string; nowSeconds: number; lifetimeSeconds: number },
  ): number | undefined {
    if (nonce.length !== NONCE_LENGTH) return undefined;
    const place = PLACES.indexOf(nonce.charAt(NAME_LENGTH));
    const name = nonce.slice(0, NAME_LENGTH);
    const current = this.realms.get(realm)?.sheet;
    // Most challenges are answered at once.
    const atHand = current?.name === name ? current : (this.young.get(name + realm) ?? this.old.get(name + realm));
    const madeAt = atHand?.madeAt ?? timeOf(name);
    if (place < 0 || madeAt === undefined) return undefined;
    const age = Math.floor(nowSeconds) - madeAt;
    if (age < 0 || age > lifetimeSeconds) return undefined;
    const sheet = atHand ?? writeSheet(this.realmOf(realm).key, name, madeAt);
    return sameText(nonce.slice(NAME_LENGTH + 1), sealAt(sheet, place)) ? age : undefined;
  }

  private newSheet(key: Buffer, now: number): Sheet {
    const head = Buffer.alloc(TIME_OCTETS + NUMBER_OCTETS);
    head.writeUInt32BE(now >>> 0, 0);
    head.set(this.random.bytes(NUMBER_OCTETS), TIME_OCTETS);
    return writeSheet(key, head.toString('base64url'), now);
  }

  private keep(sheet: Sheet, realm: string): void {
    if (this.young.size * 2 >= MAX_AT_HAND) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(sheet.name + realm, sheet);
  }

  private realmOf(realm: string): Realm {
    const known = this.realms.get(realm);
    if (known !== undefined) return known;
    const key = createHmac('sha256', this.secret).update(realm).digest();
    const made: Realm = { key, sheet: undefined, taken: 0 };
    // Realms are our own; a caller that makes them up does not fill the memory.
    if (this.realms.size >= MAX_REALMS) this.realms.clear();
    this.realms.set(realm, made);
    return made;
  }
}

/** @returns undefined when it is no name */
function timeOf(name: string): number | undefined {
  const octets = Buffer.from(name, 'base64url');
  // The decoder is lenient; a name is written in one way only.
  return octets.toString('base64url') === name ? octets.readUInt32BE(0) : undefined;
}

function writeSheet(key: Buffer, name: string, madeAt: number): Sheet {
  const counter = Buffer.alloc(BLOCK_OCTETS);
  counter.write(name, 0, TIME_OCTETS + NUMBER_OCTETS, 'base64url');
  const stream = createCipheriv('aes-256-ctr', key, counter).update(Buffer.alloc(PER_SHEET * SEAL_OCTETS));
  return { name, madeAt, seals: stream.toString('base64url') };
}

function sealAt({ seals }: Sheet, place: number): string {
  return seals.slice(place * SEAL_LENGTH, (place + 1) * SEAL_LENGTH);
}
