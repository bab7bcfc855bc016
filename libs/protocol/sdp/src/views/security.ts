import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues } from './attributes.js';
import { readSdesKey, type SdesSuite } from './sdes.js';

/** `a=crypto` of SDES (RFC 4568 §9.1), inline keys only. */
export interface CryptoAttribute {
  readonly tag: number;
  readonly suite: string;
  /** Base64 of master key and salt. */
  readonly inlineKey: string;
  /** Lifetime and MKI behind the key, as written. */
  readonly keyOptions: readonly string[];
  readonly sessionParameters: readonly string[];
}

export function cryptosOf(media: MediaDescription): CryptoAttribute[] {
  return attributeValues(media, 'crypto').flatMap((value) => {
    const [tag, suite, key, ...sessionParameters] = value.trim().split(/\s+/);
    if (!/^\d{1,9}$/.test(tag ?? '') || suite === undefined || !key?.startsWith('inline:')) return [];
    const [inlineKey, ...keyOptions] = key.slice('inline:'.length).split('|');
    return inlineKey ? [{ tag: Number(tag), suite, inlineKey, keyOptions, sessionParameters }] : [];
  });
}

export type DtlsSetup = 'active' | 'passive' | 'actpass' | 'holdconn';

/** RFC 8122 and RFC 8842: certificates by hash, and who opens the DTLS association. */
export interface DtlsParameters {
  readonly fingerprints: readonly { readonly hash: string; readonly value: string }[];
  readonly setup: DtlsSetup | undefined;
}

/** Media-level lines beat the session's. Undefined where there is no fingerprint. */
export function dtlsOf(session: SessionDescription, media: MediaDescription): DtlsParameters | undefined {
  const own = fingerprintsOf(media);
  const fingerprints = own.length > 0 ? own : fingerprintsOf(session);
  if (fingerprints.length === 0) return undefined;
  return { fingerprints, setup: readSetup(attributeValue(media, 'setup') ?? attributeValue(session, 'setup')) };
}

function fingerprintsOf(section: SessionDescription | MediaDescription): { hash: string; value: string }[] {
  return attributeValues(section, 'fingerprint').flatMap((text) => {
    const [hash, value] = text.trim().split(/\s+/, 2);
    return hash && value && /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})+$/.test(value)
      ? [{ hash: hash.toLowerCase(), value: value.toUpperCase() }]
      : [];
  });
}

function readSetup(text: string | undefined): DtlsSetup | undefined {
  const value = text?.trim();
  return value === 'active' || value === 'passive' || value === 'actpass' || value === 'holdconn' ? value : undefined;
}

/**
 * What to answer to an offered setup (RFC 8842 §5.3, RFC 4145 §4.1): `active` where we may choose, since then the
 * association begins at once. An offer without it means `active`.
 */
export function answerSetup(offered: DtlsSetup | undefined, preferred: 'active' | 'passive' = 'active'): DtlsSetup {
  switch (offered) {
    case 'actpass':
      return preferred;
    case 'passive':
      return 'active';
    case 'holdconn':
      return 'holdconn';
    case 'active':
    case undefined:
      return 'passive';
  }
}

/** Whether an answer's setup fits the offer's. An answerer never says `actpass`. */
export function setupFits(offered: DtlsSetup | undefined, answered: DtlsSetup | undefined): boolean {
  if (offered === 'holdconn' || answered === 'holdconn') return answered === 'holdconn';
  if (answered === undefined) return offered === 'actpass' || offered === 'passive';
  if (offered === 'actpass') return answered !== 'actpass';
  return answered === answerSetup(offered);
}

/** Who opens the association, seen from us (RFC 8842 §5): undefined while it is put off. */
export function dtlsRole(ours: DtlsSetup | undefined, theirs: DtlsSetup | undefined): 'client' | 'server' | undefined {
  if (ours === 'holdconn' || theirs === 'holdconn') return undefined;
  if (ours === 'active') return 'client';
  if (ours === 'passive') return 'server';
  return theirs === 'active' ? 'server' : 'client';
}

/**
 * Whether a later description of one side asks for a new DTLS association (RFC 8842 §3.1, §5.1): other certificates,
 * another `tls-id`, or its role turned round.
 */
export function isNewDtlsAssociation(
  before: { readonly session: SessionDescription; readonly media: MediaDescription },
  after: { readonly session: SessionDescription; readonly media: MediaDescription },
): boolean {
  const old = dtlsOf(before.session, before.media);
  const now = dtlsOf(after.session, after.media);
  if (old === undefined || now === undefined) return now !== old;
  const written = ({ fingerprints }: DtlsParameters): string =>
    fingerprints
      .map(({ hash, value }) => `${hash} ${value}`)
      .toSorted()
      .join();
  const turned = old.setup !== now.setup && now.setup !== 'actpass' && old.setup !== 'actpass';
  const sameId = attributeValue(before.media, 'tls-id') === attributeValue(after.media, 'tls-id');
  return written(old) !== written(now) || turned || !sameId;
}

/** The offered SDES key to accept: the first that we can do (RFC 4568 §5.1.2); the answer repeats its tag. */
export function chooseCrypto(media: MediaDescription, suites: readonly SdesSuite[]): CryptoAttribute | undefined {
  return cryptosOf(media).find((crypto) => suites.some((suite) => readSdesKey(crypto, suite) !== undefined));
}
