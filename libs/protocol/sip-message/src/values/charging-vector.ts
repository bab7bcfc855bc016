import { Parameters, parseParameters } from './parameters.js';

/**
 * P-Charging-Vector and P-Charging-Function-Addresses (RFC 7315 §5.6, §5.5): parameters without a value in front,
 * e.g. `icid-value=1234;icid-generated-at=192.0.2.1`. They pass; we neither make nor judge them.
 */
export function parseCharging(text: string): Parameters | undefined {
  const parameters = parseParameters(`;${text.trim()}`);
  return parameters === undefined || parameters.text === '' ? undefined : parameters;
}

export function buildCharging(parameters: Parameters): string {
  return parameters.text.slice(1);
}
