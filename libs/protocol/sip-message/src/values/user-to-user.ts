import { isToken } from './characters.js';
import { parseParameterised, withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';
import { quote, unquote } from './quoted-string.js';

/** User-to-User: data that one application hands the other (RFC 7433 §4.1). */
export interface UserToUser {
  /** As written, without quotes; hexadecimal digits when the encoding is `hex`. */
  readonly data: string;
  /** Lower case; `hex` when absent. */
  readonly encoding: string;
  /** e.g. `isdn-uui`, undefined when absent. */
  readonly purpose: string | undefined;
  readonly content: string | undefined;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseUserToUser(text: string): UserToUser | undefined {
  const split = parseParameterised(text);
  if (split === undefined) return undefined;
  const { value, parameters } = split;
  const data = unquote(value);
  if (!isToken(value) && !/^".*"$/s.test(value)) return undefined;
  const encoding = parameters.get('encoding')?.toLowerCase() ?? 'hex';
  if (encoding === 'hex' && !/^(?:[0-9A-Fa-f]{2})*$/.test(data)) return undefined;
  return { data, encoding, purpose: parameters.get('purpose'), content: parameters.get('content'), parameters };
}

export function buildUserToUser(parts: {
  data: string;
  encoding?: string;
  purpose?: string | undefined;
  content?: string | undefined;
  parameters?: Parameters;
}): string {
  const { encoding, purpose, content } = parts;
  const known = parts.parameters ?? Parameters.none;
  const named = { encoding: encoding === 'hex' && !known.has('encoding') ? undefined : encoding, purpose, content };
  return `${isToken(parts.data) ? parts.data : quote(parts.data)}${withParameters(known, named).text}`;
}
