import { buildQ, parseQ } from './q-value.js';
import { parseParameterised, parseTokenWithParameters } from './parameterised.js';
import type { Parameterised } from './parameterised.js';
import { isToken } from './characters.js';
import { Parameters } from './parameters.js';

/** One value of Accept, Accept-Encoding or Accept-Language (RFC 3261 §20.1–20.3). */
export interface Preference {
  /** Lower case: `application/sdp`, `gzip`, `en`, or `*` for any. */
  readonly value: string;
  /** 0 to 1; 0 means not at all. */
  readonly q: number;
  readonly parameters: Parameters;
}

/** One value of Accept-Encoding or Accept-Language. @returns undefined when malformed */
export function parsePreference(text: string): Preference | undefined {
  return weighted(parseTokenWithParameters(text));
}

/** One value of Accept: a media range. @returns undefined when malformed */
export function parseAccept(text: string): Preference | undefined {
  const split = parseParameterised(text);
  const slash = split?.value.indexOf('/') ?? -1;
  if (split === undefined || slash < 0) return undefined;
  const type = split.value.slice(0, slash).trim();
  const subtype = split.value.slice(slash + 1).trim();
  return isToken(type) && isToken(subtype)
    ? weighted({ value: `${type}/${subtype}`, parameters: split.parameters })
    : undefined;
}

export function buildPreference(preference: { value: string; q?: number; parameters?: Parameters }): string {
  const parameters = preference.parameters ?? Parameters.none;
  const weightedAlready = parameters.has('q') || (preference.q !== undefined && preference.q !== 1);
  return `${preference.value}${(weightedAlready ? parameters.with('q', buildQ(preference.q ?? 1)) : parameters).text}`;
}

/** How much a value is liked, 0 when not at all: the closest range counts (RFC 3261 §20.1, RFC 2616 §14.1). */
export function acceptance(preferences: readonly Preference[], mediaType: string): number {
  const wanted = mediaType.toLowerCase();
  const family = `${wanted.slice(0, wanted.indexOf('/'))}/*`;
  for (const range of [wanted, family, '*/*']) {
    const found = preferences.find(({ value }) => value === range);
    if (found !== undefined) return found.q;
  }
  return 0;
}

function weighted(split: Parameterised | undefined): Preference | undefined {
  if (split === undefined) return undefined;
  return { value: split.value.toLowerCase(), q: parseQ(split.parameters.get('q')), parameters: split.parameters };
}
