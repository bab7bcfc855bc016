import { parseTokenWithParameters } from './parameterised.js';

/** Refer-Sub: whether a REFER makes a subscription (RFC 4488 §4). @returns undefined when malformed */
export function parseReferSub(text: string): boolean | undefined {
  const value = parseTokenWithParameters(text)?.value.toLowerCase();
  return value === 'true' || value === 'false' ? value === 'true' : undefined;
}

export function buildReferSub(subscribe: boolean): string {
  return String(subscribe);
}
