import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { escapeUser, parseUri, sipUri, unescapeText } from '@carillon/sip-message';

const PREFIX = 'tgruu.';
/** Octets of what a temporary GRUU leads to, and of what makes each one different (RFC 5627 §A.2). */
const ID_BYTES = 6;
const DISTINGUISHER_BYTES = 10;
const SEAL_BYTES = 10;
const ENCRYPTED_CHARACTERS = 22;
const SEAL_CHARACTERS = 14;
/** paramchar of RFC 3261 §25.1; the rest is escaped. */
const PARAMETER_CHARACTERS = /[^A-Za-z0-9\-_.!~*'()[\]/:&+$]/g;

/** What a GRUU of ours names. */
export type GruuTarget =
  | { readonly kind: 'public'; readonly user: string; readonly instance: string }
  | { readonly kind: 'temporary'; readonly gruuId: string }
  /** It looks like one of ours, and is not or not any more: 404 (RFC 5627 §6.1). */
  | { readonly kind: 'invalid' };

/** A name for an instance that nobody can guess; a new one makes all earlier temporary GRUUs invalid. */
export function newGruuId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}

/** The address of record with the instance beside it: the same for ever (RFC 5627 §A.1). */
export function publicGruu(address: { scheme: 'sip' | 'sips'; user: string; host: string }, instance: string): string {
  const gr = instance.replace(PARAMETER_CHARACTERS, (character) =>
    [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  return sipUri({ ...address, parameters: `;gr=${gr}` });
}

/**
 * Takes a Request-URI for a GRUU.
 * @returns undefined where it is none: no `gr`
 */
export function readGruu(uriText: string, seal: GruuSeal): GruuTarget | undefined {
  const uri = parseUri(uriText);
  if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return undefined;
  const gr = uri.parameters.get('gr');
  if (gr === undefined) return undefined;
  if (uri.user.startsWith(PREFIX)) {
    const gruuId = seal.open(uri.user);
    return gruuId === undefined ? { kind: 'invalid' } : { kind: 'temporary', gruuId };
  }
  const instance = unescapeText(gr);
  return instance === undefined || instance === '' ? { kind: 'invalid' } : { kind: 'public', user: uri.user, instance };
}

/**
 * Makes temporary GRUUs that cost no memory and that nobody can link (RFC 5627 §A.2):
 *
 * ```text
 * tgruu. base64url(E) base64url(A)    E = AES-128( | random: 10 | id: 6 | )    A = HMAC-SHA-256(E), first 10 octets
 * ```
 */
export class GruuSeal {
  private readonly encryption: Buffer;
  private readonly authentication: Buffer;

  /** @param key secret text of the organisation */
  constructor(key: string) {
    const keys = Buffer.from(hkdfSync('sha256', key, '', 'carillon temporary gruu', 48));
    this.encryption = keys.subarray(0, 16);
    this.authentication = keys.subarray(16);
  }

  /** A new temporary GRUU; each call makes another one. */
  temporaryGruu(address: { scheme: 'sip' | 'sips'; host: string }, gruuId: string): string {
    const plain = Buffer.concat([randomBytes(DISTINGUISHER_BYTES), Buffer.from(gruuId, 'hex')]);
    const cipher = createCipheriv('aes-128-ecb', this.encryption, null).setAutoPadding(false);
    const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
    const user = `${PREFIX}${encrypted.toString('base64url')}${this.sealOf(encrypted).toString('base64url')}`;
    return sipUri({ ...address, user: escapeUser(user), parameters: ';gr' });
  }

  /** @returns the id, or undefined where the user part was not made with this key */
  open(user: string): string | undefined {
    const text = user.slice(PREFIX.length);
    if (text.length !== ENCRYPTED_CHARACTERS + SEAL_CHARACTERS) return undefined;
    const encrypted = Buffer.from(text.slice(0, ENCRYPTED_CHARACTERS), 'base64url');
    const given = Buffer.from(text.slice(ENCRYPTED_CHARACTERS), 'base64url');
    if (encrypted.length !== 16 || given.length !== SEAL_BYTES) return undefined;
    if (!timingSafeEqual(given, this.sealOf(encrypted))) return undefined;
    const decipher = createDecipheriv('aes-128-ecb', this.encryption, null).setAutoPadding(false);
    const plain = Buffer.concat([decipher.update(encrypted), decipher.final()]);
    return plain.toString('hex', DISTINGUISHER_BYTES);
  }

  private sealOf(encrypted: Buffer): Buffer {
    return createHmac('sha256', this.authentication).update(encrypted).digest().subarray(0, SEAL_BYTES);
  }
}
