import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** Without i-lookalikes (l, o, 0, 1): 32 letters, so 5 bits each, readable aloud. */
const READABLE = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 256 random bits, base64url: for sessions and guest links. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. SHA-256 is enough: the token is random, not guessable like a password. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares in a time that tells nothing about the contents. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

function readable(letters: number, group: number): string {
  const text = Array.from({ length: letters }, () => READABLE[randomInt(READABLE.length)] ?? '').join('');
  return text.match(new RegExp(`.{1,${group}}`, 'g'))?.join('-') ?? text;
}

/** A first password for a person: 80 bits, `abcd-efgh-ijkm-npqr`. */
export function newPassword(): string {
  return readable(16, 4);
}

/** A device's password: 130 bits. Typed once into a phone. */
export function newSipPassword(): string {
  return readable(26, 6);
}

/** A PIN of six digits, none of the obvious ones (all the same, or a run). */
export function newPin(): string {
  for (;;) {
    const pin = String(randomInt(1_000_000)).padStart(6, '0');
    const steps = new Set([...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])));
    if (steps.size > 1) return pin;
  }
}
