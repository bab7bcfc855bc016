import { parseTokenWithParameters, withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Content-Disposition (RFC 3261 §20.11): what a body is for. */
export interface Disposition {
  /** Lower case: `session`, `render`, `early-session`, `by-reference`, `recording-session`, … */
  readonly type: string;
  /** Whether a receiver that does not understand it must refuse with 415. Default true. */
  readonly required: boolean;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed */
export function parseDisposition(text: string): Disposition | undefined {
  const split = parseTokenWithParameters(text);
  if (split === undefined) return undefined;
  const required = split.parameters.get('handling')?.toLowerCase() !== 'optional';
  return { type: split.value.toLowerCase(), required, parameters: split.parameters };
}

export function buildDisposition(parts: { type: string; required?: boolean; parameters?: Parameters }): string {
  const parameters = parts.parameters ?? Parameters.none;
  const written = parts.required === undefined || parts.required === !isOptional(parameters);
  const handling = written ? undefined : parts.required === true ? 'required' : 'optional';
  return `${parts.type}${withParameters(parameters, { handling }).text}`;
}

function isOptional(parameters: Parameters): boolean {
  return parameters.get('handling')?.toLowerCase() === 'optional';
}
