import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';
import { buildPrivacy, parsePrivacy } from './privacy.js';
import type { Privacy } from './privacy.js';
import { buildReason, parseReason } from './reason.js';
import type { Reason } from './reason.js';
import { splitValues } from './split-values.js';
import { buildUriHeaders, parseUriHeaders, splitUriHeaders } from './uri-headers.js';
import type { UriHeaders } from './uri-headers.js';

/** How a retargeted entry came about (RFC 7044 §10.1): by a contact, a mapping, or without change of who is meant. */
export type HistoryTarget = 'rc' | 'mp' | 'np';

/** One entry of History-Info (RFC 7044 §5): where a request was sent on its way. */
export interface HistoryInfo extends NameAddress {
  /** The URI without its headers. */
  readonly target: string;
  /** Places in the tree of forks, from 1: `1.2.1` is [1, 2, 1]. */
  readonly index: readonly number[];
  readonly retarget: { readonly kind: HistoryTarget; readonly from: readonly number[] | undefined } | undefined;
  /** Why it went on from here, from the URI's Reason header. */
  readonly reasons: readonly Reason[];
  /** From the URI's Privacy header; empty when absent. */
  readonly privacy: Privacy;
  /** Other headers of the URI, unescaped. */
  readonly otherHeaders: UriHeaders;
}

const KINDS: readonly HistoryTarget[] = ['rc', 'mp', 'np'];
/** Deepest tree of forks that is read. */
const MAX_DEPTH = 70;

/** One entry. @returns undefined when malformed, or without the index that §5 demands */
export function parseHistoryInfo(text: string): HistoryInfo | undefined {
  const address = parseNameAddress(text);
  if (address === undefined) return undefined;
  const { displayName, uri, parameters } = address;
  const index = parseHistoryIndex(parameters.get('index') ?? '');
  const split = splitUriHeaders(uri);
  const headers = parseUriHeaders(split.headers);
  if (index === undefined || headers === undefined) return undefined;
  const kind = KINDS.find((name) => parameters.has(name));
  const named = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return {
    displayName,
    uri,
    parameters,
    target: split.address,
    index,
    retarget: kind && { kind, from: parseHistoryIndex(parameters.get(kind) ?? '') },
    reasons: named('reason').flatMap((value) => splitValues(value).flatMap((one) => parseReason(one) ?? [])),
    privacy: named('privacy').flatMap((value) => parsePrivacy(value) ?? []),
    otherHeaders: headers.filter(([key]) => !/^(?:reason|privacy)$/i.test(key)),
  };
}

export function buildHistoryInfo(entry: {
  displayName?: string | undefined;
  target: string;
  index: readonly number[];
  retarget?: { kind: HistoryTarget; from: readonly number[] | undefined } | undefined;
  reasons?: readonly Reason[];
  privacy?: Privacy;
  otherHeaders?: UriHeaders;
  parameters?: Parameters;
}): string {
  const headers: UriHeaders = [
    ...(entry.reasons ?? []).map((reason) => ['Reason', buildReason(reason)] as const),
    ...((entry.privacy ?? []).length === 0 ? [] : [['Privacy', buildPrivacy(entry.privacy ?? [])] as const]),
    ...(entry.otherHeaders ?? []),
  ];
  const parameters = withParameters(entry.parameters ?? Parameters.none, {
    index: buildHistoryIndex(entry.index),
    ...(entry.retarget === undefined
      ? {}
      : { [entry.retarget.kind]: entry.retarget.from === undefined ? true : buildHistoryIndex(entry.retarget.from) }),
  });
  const uri = headers.length === 0 ? entry.target : `${entry.target}?${buildUriHeaders(headers)}`;
  return buildNameAddress({ displayName: entry.displayName, uri, parameters });
}

/** `1.2.1` to [1, 2, 1]. @returns undefined when malformed or too deep */
export function parseHistoryIndex(text: string): readonly number[] | undefined {
  if (!/^\d{1,9}(?:\.\d{1,9})*$/.test(text)) return undefined;
  const places = text.split('.', MAX_DEPTH + 1).map(Number);
  return places.length > MAX_DEPTH ? undefined : places;
}

export function buildHistoryIndex(index: readonly number[]): string {
  return index.join('.');
}
