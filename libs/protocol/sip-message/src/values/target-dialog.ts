import { parseDialogReference } from './dialog-reference.js';
import { withParameters } from './parameterised.js';
import { Parameters } from './parameters.js';

/** Target-Dialog: a dialog that the sender knows, which authorises the request (RFC 4538 §7). */
export interface TargetDialog {
  readonly callId: string;
  /** Tags as the receiver of the request holds them. */
  readonly localTag: string;
  readonly remoteTag: string;
  readonly parameters?: Parameters;
}

/** @returns undefined when malformed */
export function parseTargetDialog(text: string): TargetDialog | undefined {
  const dialog = parseDialogReference(text, ['local-tag', 'remote-tag']);
  if (dialog === undefined) return undefined;
  const { callId, first: localTag, second: remoteTag, parameters } = dialog;
  return { callId, localTag, remoteTag, parameters };
}

export function buildTargetDialog(target: TargetDialog): string {
  const tags = { 'local-tag': target.localTag, 'remote-tag': target.remoteTag };
  return `${target.callId}${withParameters(target.parameters ?? Parameters.none, tags).text}`;
}
