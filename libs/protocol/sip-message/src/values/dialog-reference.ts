import { isCallId } from './call-id.js';
import { parseParameterised } from './parameterised.js';
import type { Parameters } from './parameters.js';

/** A dialog named by Call-ID and two tags, as Replaces, Join and Target-Dialog do. */
export interface DialogReference {
  readonly callId: string;
  readonly first: string;
  readonly second: string;
  readonly parameters: Parameters;
}

/** @returns undefined when malformed, or when a tag is missing or there twice */
export function parseDialogReference(
  text: string,
  tagNames: readonly [first: string, second: string],
): DialogReference | undefined {
  const split = parseParameterised(text);
  if (split === undefined || !isCallId(split.value)) return undefined;
  const { value: callId, parameters } = split;
  const first = onlyValue(parameters, tagNames[0]);
  const second = onlyValue(parameters, tagNames[1]);
  return first === undefined || second === undefined ? undefined : { callId, first, second, parameters };
}

function onlyValue(parameters: Parameters, name: string): string | undefined {
  let found: string | undefined;
  for (const [key, value] of parameters.entries()) {
    if (key.toLowerCase() !== name) continue;
    if (found !== undefined || value === '') return undefined;
    found = value;
  }
  return found;
}
