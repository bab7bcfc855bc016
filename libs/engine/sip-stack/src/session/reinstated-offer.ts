/**
 * An earlier description as a new offer: an offer that changes anything counts its version up from the last one sent
 * (RFC 3264 §8).
 */
export function reinstatedOffer(earlier: string | undefined, last: string | undefined): string | undefined {
  if (earlier === undefined || last === undefined) return undefined;
  const version = /^o=\S+ \S+ (\d{1,20}) /m.exec(last)?.[1];
  if (version === undefined) return earlier;
  return earlier.replace(/^(o=\S+ \S+ )\d{1,20} /m, `$1${BigInt(version) + 1n} `);
}
