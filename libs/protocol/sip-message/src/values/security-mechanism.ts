import { parseTokenWithParameters } from './parameterised.js';
import { Parameters } from './parameters.js';
import { buildQ, parseQ } from './q-value.js';

/** One value of Security-Client, Security-Server or Security-Verify (RFC 3329 §2.2). */
export interface SecurityMechanism {
  /** Lower case: `digest`, `tls`, `ipsec-ike`, `ipsec-man`, `ipsec-3gpp`, … */
  readonly name: string;
  readonly q: number;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseSecurityMechanism(text: string): SecurityMechanism | undefined {
  const split = parseTokenWithParameters(text);
  return (
    split && { name: split.value.toLowerCase(), q: parseQ(split.parameters.get('q')), parameters: split.parameters }
  );
}

export function buildSecurityMechanism(mechanism: { name: string; q?: number; parameters?: Parameters }): string {
  const parameters = mechanism.parameters ?? Parameters.none;
  const weighted = parameters.has('q') || (mechanism.q !== undefined && mechanism.q !== 1);
  return `${mechanism.name}${(weighted ? parameters.with('q', buildQ(mechanism.q ?? 1)) : parameters).text}`;
}
