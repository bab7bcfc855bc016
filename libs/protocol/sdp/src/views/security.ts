import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues } from './attributes.js';

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

function readSetup(value: string | undefined): DtlsSetup | undefined {
  return value === 'active' || value === 'passive' || value === 'actpass' || value === 'holdconn' ? value : undefined;
}
