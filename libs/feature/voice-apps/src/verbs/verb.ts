import type { CallOutcome, RedirectTarget, VoiceApp } from '@carillon/contracts';
import type { DtmfDigit } from '@carillon/domain';
import type { CallLine } from '../line/call-line.js';
import type { Say } from '../line/say.js';
import type { Destination } from '../run/run.machine.js';
import type { RunParts } from '../run/run-parts.js';

/** What a voice application does next, as data: each kind is run by the file of its name. */
export type Verb =
  | { readonly kind: 'play'; readonly say: readonly Say[]; readonly bargeIn: boolean }
  | GatherVerb
  | DialExtensionVerb
  | RecordVerb
  | TransferVerb
  | { readonly kind: 'hang-up'; readonly say: readonly Say[]; readonly reason: string }
  | { readonly kind: 'echo' }
  | LeaveMessageVerb
  | { readonly kind: 'mailbox-menu'; readonly mailboxId: string | null };

/** Times in milliseconds. */
export interface GatherVerb {
  readonly kind: 'gather';
  /** Any key ends it (barge-in); with keys pressed ahead it is not said at all. */
  readonly say: readonly Say[];
  readonly maxDigits: number;
  /** From the end of what is said. */
  readonly firstDigitMs: number;
  readonly interDigitMs: number;
  /** Ends the input and is not part of it. */
  readonly terminator: DtmfDigit | null;
  /** Forget what was pressed ahead. */
  readonly fresh: boolean;
}

export interface DialExtensionVerb {
  readonly kind: 'dial-extension';
  readonly say: readonly Say[];
  readonly firstDigitMs: number;
  readonly fresh: boolean;
}

/** Always ends with `#`, silence or hang-up. */
export interface RecordVerb {
  readonly kind: 'record';
  readonly path: string;
  readonly maxDurationMs: number;
  readonly silenceMs: number;
}

export interface TransferVerb {
  readonly kind: 'transfer';
  readonly say: readonly Say[];
  readonly target: RedirectTarget;
  readonly fallback: 'target' | 'return';
}

export interface LeaveMessageVerb {
  readonly kind: 'leave-message';
  readonly mailboxId: string;
  readonly reason: Extract<VoiceApp, { kind: 'leave-voicemail' }>['reason'];
}

export type VerbOutcome =
  | { readonly kind: 'done' }
  /** An empty string where nothing came. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'destination'; readonly destination: Destination }
  | { readonly kind: 'unknown-extension' }
  | { readonly kind: 'refused'; readonly code: string }
  /** The redirected caller found nobody and is back. */
  | { readonly kind: 'returned'; readonly outcome: CallOutcome }
  /** The call is somebody else's now, or over. */
  | { readonly kind: 'handed-over' };

export const DONE: VerbOutcome = { kind: 'done' };

/** What every verb works with: the parts that all runs share, and its own line. */
export interface VerbContext extends RunParts {
  readonly line: CallLine;
}
