import { parseDialogReference } from './dialog-reference.js';
import { withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Join: the dialog that the new call joins (RFC 3911 §7.1). */
export interface Join {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly parameters?: Parameters;
}

/** @returns undefined when malformed */
export function parseJoin(text: string): Join | undefined {
  const dialog = parseDialogReference(text, ['to-tag', 'from-tag']);
  if (dialog === undefined) return undefined;
  const { callId, first: toTag, second: fromTag, parameters } = dialog;
  return { callId, toTag, fromTag, parameters };
}

export function buildJoin(join: Join): string {
  const tags = { 'to-tag': join.toTag, 'from-tag': join.fromTag };
  return `${join.callId}${withParameters(join.parameters ?? Parameters.none, tags).text}`;
}
