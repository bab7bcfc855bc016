import { GREATER_THAN, LESS_THAN, QUOTE, SEMICOLON, isToken, parseDecimal } from './characters.js';
import { parseParameters } from './parameters.js';
import type { Parameters } from './parameters.js';
import { endOfQuotedString } from './quoted-string.js';

/** `value;name=value;flag`: the form of most header values. */
export interface Parameterised {
  /** Without white space around it; quotes and brackets are kept. */
  readonly value: string;
  readonly parameters: Parameters;
}

/** Cuts at the first `;` outside quotes and angle brackets. @returns undefined when the parameters are malformed */
export function parseParameterised(text: string): Parameterised | undefined {
  const semicolon = firstSemicolon(text);
  if (semicolon < 0) return undefined;
  const parameters = parseParameters(text.slice(semicolon));
  return parameters && { value: text.slice(0, semicolon).trim(), parameters };
}

/** The same, where the value must be a token. */
export function parseTokenWithParameters(text: string): Parameterised | undefined {
  const split = parseParameterised(text);
  return split !== undefined && isToken(split.value) ? split : undefined;
}

/** The same, where the value may be a quoted string too, as in P-Visited-Network-ID (RFC 7315 §5.3). */
export function parseWordWithParameters(text: string): Parameterised | undefined {
  const split = parseParameterised(text);
  const value = split?.value ?? '';
  const quoted = value.startsWith('"') && endOfQuotedString(value, 0) === value.length;
  return split !== undefined && (quoted || isToken(value)) ? split : undefined;
}

export function buildParameterised(parts: Parameterised): string {
  return `${parts.value}${parts.parameters.text}`;
}

/** A decimal parameter. @returns undefined when absent, malformed or above `maximum` */
export function decimalParameter(parameters: Parameters, name: string, maximum = 2 ** 32 - 1): number | undefined {
  const text = parameters.get(name);
  return text === undefined ? undefined : parseDecimal(text, maximum);
}

/** Sets what is defined, in the order given; `true` and `''` write a flag. */
export function withParameters(
  parameters: Parameters,
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Parameters {
  let result = parameters;
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false) continue;
    result = result.with(name, value === true ? '' : String(value));
  }
  return result;
}

/** Index of the first `;` of the parameters, the text's length when there are none, -1 when a quote never closes. */
function firstSemicolon(text: string): number {
  let bracket = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON && !bracket) return at;
    if (code === QUOTE && !bracket) {
      const end = endOfQuotedString(text, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (code === LESS_THAN) bracket = true;
    else if (code === GREATER_THAN) bracket = false;
  }
  return text.length;
}
