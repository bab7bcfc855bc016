import { parseParameterised } from './parameterised.js';
import { Parameters } from './parameters.js';

/** `<uri>;purpose=x` of Alert-Info, Call-Info, Error-Info (RFC 3261 §20.4, §20.9, §20.18) and Geolocation (RFC 6442 §4.1). */
export interface InfoReference {
  /** Without angle brackets. */
  readonly uri: string;
  /** Lower case, e.g. `icon`, `info`, `card`, `conference`; undefined when absent. */
  readonly purpose: string | undefined;
  readonly parameters: Parameters;
}

/** One value. @returns undefined when malformed */
export function parseInfoReference(text: string): InfoReference | undefined {
  const split = parseParameterised(text);
  const uri = /^<([^<>\s"]+)>$/.exec(split?.value ?? '')?.[1];
  if (split === undefined || uri === undefined || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) return undefined;
  return { uri, purpose: split.parameters.get('purpose')?.toLowerCase(), parameters: split.parameters };
}

export function buildInfoReference(parts: {
  uri: string;
  purpose?: string | undefined;
  parameters?: Parameters;
}): string {
  const parameters = parts.parameters ?? Parameters.none;
  const known = parts.purpose === undefined || parameters.get('purpose')?.toLowerCase() === parts.purpose;
  return `<${parts.uri}>${(known ? parameters : parameters.with('purpose', parts.purpose ?? '')).text}`;
}
