import type { MediaDescription, SessionDescription } from '../session-description.js';
import { attributeValue, attributeValues, hasAttribute } from './attributes.js';

/** RFC 8839 §5.1. */
export interface IceCandidate {
  readonly foundation: string;
  readonly component: number;
  readonly transport: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: string;
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  /** `tcptype`, `generation` and other pairs behind, as written. */
  readonly extensions: Readonly<Record<string, string>>;
}

export interface IceParameters {
  readonly usernameFragment: string;
  readonly password: string;
  readonly options: readonly string[];
  readonly lite: boolean;
  readonly candidates: readonly IceCandidate[];
  readonly endOfCandidates: boolean;
}

/** Undefined where the credentials are missing: then the stream does not use ICE. */
export function iceOf(session: SessionDescription, media: MediaDescription): IceParameters | undefined {
  const either = (name: string): string | undefined =>
    (attributeValue(media, name) ?? attributeValue(session, name))?.trim();
  const usernameFragment = either('ice-ufrag');
  const password = either('ice-pwd');
  if (!usernameFragment || !password) return undefined;
  return {
    usernameFragment,
    password,
    options: (either('ice-options') ?? '').split(/\s+/).filter(Boolean),
    lite: hasAttribute(session, 'ice-lite'),
    candidates: attributeValues(media, 'candidate').flatMap((value) => parseIceCandidate(value) ?? []),
    endOfCandidates: hasAttribute(media, 'end-of-candidates'),
  };
}

/** The value behind `a=candidate:`. */
export function parseIceCandidate(value: string): IceCandidate | undefined {
  const [foundation, component, transport, priority, address, port, typ, type, ...rest] = value.trim().split(/\s+/);
  if (!foundation || !transport || !address || !type || typ !== 'typ') return undefined;
  if (!/^\d{1,5}$/.test(component ?? '') || !/^\d{1,10}$/.test(priority ?? '') || !/^\d{1,5}$/.test(port ?? ''))
    return undefined;
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < rest.length; index += 2) pairs.set(rest[index] ?? '', rest[index + 1] ?? '');
  const relatedAddress = pairs.get('raddr');
  const relatedPort = Number(pairs.get('rport') ?? Number.NaN);
  pairs.delete('raddr');
  pairs.delete('rport');
  return {
    foundation,
    component: Number(component),
    transport: transport.toLowerCase(),
    priority: Number(priority),
    address,
    port: Number(port),
    type,
    ...(relatedAddress === undefined ? {} : { relatedAddress }),
    ...(Number.isNaN(relatedPort) ? {} : { relatedPort }),
    extensions: Object.fromEntries(pairs),
  };
}

/** The value for `a=candidate:`. */
export function buildIceCandidate(candidate: IceCandidate): string {
  const related =
    candidate.relatedAddress === undefined
      ? []
      : ['raddr', candidate.relatedAddress, 'rport', String(candidate.relatedPort ?? 0)];
  return [
    candidate.foundation,
    candidate.component,
    candidate.transport,
    candidate.priority,
    candidate.address,
    candidate.port,
    'typ',
    candidate.type,
    ...related,
    ...Object.entries(candidate.extensions).flat(),
  ].join(' ');
}

/**
 * Whether the writer restarts ICE for a stream: both credentials are new (RFC 8839 §4.4.1.1.1). False where either
 * description does without ICE.
 */
export function isIceRestart(
  before: { readonly session: SessionDescription; readonly media: MediaDescription },
  after: { readonly session: SessionDescription; readonly media: MediaDescription },
): boolean {
  const old = iceOf(before.session, before.media);
  const now = iceOf(after.session, after.media);
  if (old === undefined || now === undefined) return false;
  return old.usernameFragment !== now.usernameFragment && old.password !== now.password;
}
