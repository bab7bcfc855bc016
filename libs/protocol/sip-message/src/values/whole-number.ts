import { parseDecimal } from './characters.js';
import { parseParameterised } from './parameterised.js';

/** Max-Forwards (RFC 3261 §20.22): 0 to 255. @returns undefined when malformed */
export function parseMaxForwards(text: string): number | undefined {
  return parseDecimal(text, 255);
}

/** Max-Breadth (RFC 5393 §5.3.3). @returns undefined when malformed */
export function parseMaxBreadth(text: string): number | undefined {
  return parseDecimal(text, 2 ** 31 - 1);
}

/** Flow-Timer (RFC 5626 §11.1): seconds. @returns undefined when malformed */
export function parseFlowTimer(text: string): number | undefined {
  return parseDecimal(text, 2 ** 31 - 1);
}

/** Min-SE (RFC 4028 §5): seconds; parameters are read over. @returns undefined when malformed */
export function parseMinSe(text: string): number | undefined {
  const value = parseParameterised(text)?.value;
  return value === undefined ? undefined : parseDecimal(value, 2 ** 32 - 1);
}

export function buildNumber(value: number): string {
  return String(value);
}
