import { parseParameterised } from './parameterised.js';
import { parseDecimal } from './characters.js';
import { Parameters } from './parameters.js';

/** Geolocation-Error (RFC 6442 §4.3), e.g. `300;code="Dereference failed"`. */
export interface GeolocationError {
  /** 100 to 999. */
  readonly code: number;
  readonly text: string | undefined;
  readonly parameters: Parameters;
}

/** Geolocation-Routing (RFC 6442 §4.2): whether others may route by the location. @returns undefined when malformed */
export function parseGeolocationRouting(text: string): boolean | undefined {
  const value = parseParameterised(text)?.value.toLowerCase();
  return value === 'yes' || value === 'no' ? value === 'yes' : undefined;
}

export function buildGeolocationRouting(allowed: boolean): string {
  return allowed ? 'yes' : 'no';
}

/** @returns undefined when malformed */
export function parseGeolocationError(text: string): GeolocationError | undefined {
  const split = parseParameterised(text);
  const code = split === undefined ? undefined : parseDecimal(split.value, 999);
  if (split === undefined || code === undefined || code < 100) return undefined;
  return { code, text: split.parameters.get('code'), parameters: split.parameters };
}

export function buildGeolocationError(error: {
  code: number;
  text?: string | undefined;
  parameters?: Parameters;
}): string {
  const parameters = error.parameters ?? Parameters.none;
  return `${error.code}${(error.text === undefined ? parameters : parameters.withQuoted('code', error.text)).text}`;
}
