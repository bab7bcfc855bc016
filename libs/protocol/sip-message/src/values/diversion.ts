import { buildNameAddress, parseNameAddress } from './name-address.js';
import type { NameAddress } from './name-address.js';
import { decimalParameter, withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Diversion: who sent the call on, and why (RFC 5806 §5); the topmost value is the latest. */
export interface Diversion extends NameAddress {
  /** `unknown`, `user-busy`, `no-answer`, `unavailable`, `unconditional`, … in lower case; undefined when absent. */
  readonly reason: string | undefined;
  /** How many diversions this value stands for; 1 when absent (§5.2). */
  readonly counter: number;
  /** Most diversions allowed from here. */
  readonly limit: number | undefined;
  /** `full`, `name`, `uri` or `off`. */
  readonly privacy: string | undefined;
  /** `yes` or `no`. */
  readonly screen: string | undefined;
}

/** One Diversion value. @returns undefined when malformed */
export function parseDiversion(text: string): Diversion | undefined {
  const address = parseNameAddress(text);
  if (address === undefined) return undefined;
  const { displayName, uri, parameters } = address;
  const lower = (name: string): string | undefined => parameters.get(name)?.toLowerCase();
  return {
    displayName,
    uri,
    parameters,
    reason: lower('reason'),
    counter: decimalParameter(parameters, 'counter', 99) ?? 1,
    limit: decimalParameter(parameters, 'limit', 99),
    privacy: lower('privacy'),
    screen: lower('screen'),
  };
}

export function buildDiversion(parts: {
  displayName?: string | undefined;
  uri: string;
  reason?: string | undefined;
  counter?: number | undefined;
  limit?: number | undefined;
  privacy?: string | undefined;
  screen?: string | undefined;
  parameters?: Parameters;
}): string {
  const { displayName, uri, reason, limit, privacy, screen } = parts;
  const counter = parts.counter === 1 ? parts.parameters?.get('counter') : parts.counter;
  const parameters = withParameters(parts.parameters ?? Parameters.none, { reason, counter, limit, privacy, screen });
  return buildNameAddress({ displayName, uri, parameters });
}
