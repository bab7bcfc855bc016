import { parseDialogReference } from './dialog-reference.js';
import { withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Replaces: the dialog that the new call takes over (RFC 3891 §6.1). */
export interface Replaces {
  readonly callId: string;
  /** As the receiver sees it: to-tag is its local tag. `0` stands for no tag (RFC 2543 peers). */
  readonly toTag: string;
  readonly fromTag: string;
  /** Only while the dialog is early. */
  readonly earlyOnly: boolean;
  readonly parameters?: Parameters;
}

/** @returns undefined when malformed: a tag missing or twice (RFC 3891 §3 wants 400 then) */
export function parseReplaces(text: string): Replaces | undefined {
  const dialog = parseDialogReference(text, ['to-tag', 'from-tag']);
  if (dialog === undefined) return undefined;
  const { callId, first: toTag, second: fromTag, parameters } = dialog;
  return { callId, toTag, fromTag, earlyOnly: parameters.has('early-only'), parameters };
}

export function buildReplaces(replaces: {
  callId: string;
  toTag: string;
  fromTag: string;
  earlyOnly?: boolean;
  parameters?: Parameters;
}): string {
  const parameters = withParameters(replaces.parameters ?? Parameters.none, {
    'to-tag': replaces.toTag,
    'from-tag': replaces.fromTag,
    'early-only': replaces.earlyOnly,
  });
  return `${replaces.callId}${(replaces.earlyOnly === true ? parameters : parameters.without('early-only')).text}`;
}
