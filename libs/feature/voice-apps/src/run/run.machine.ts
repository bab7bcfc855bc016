import type { RedirectTarget } from '@carillon/contracts';
import type { MailboxId } from '@carillon/domain';
import { type Say, text } from '../line/say.js';
import { PHRASES } from '../phrases.js';
import type { Verb, VerbOutcome } from '../verbs/verb.js';

/** Where a menu leads a caller, with what is known about it. */
export interface Destination {
  readonly target: RedirectTarget;
  /** It takes a message where it does not answer; otherwise the caller comes back. */
  readonly takesMessages: boolean;
}

export type MenuAction =
  | ({ readonly kind: 'connect' } & Destination)
  | { readonly kind: 'voicemail'; readonly mailboxId: MailboxId }
  | { readonly kind: 'dial-extension' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'hang-up' };

/** An IVR menu, ready to run. */
export interface Menu {
  readonly welcomeText: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly operator: Destination | null;
  readonly entries: ReadonlyMap<string, MenuAction>;
}

/** What a run was started to do. */
export type Script =
  | { readonly kind: 'ivr'; readonly menu: Menu }
  | { readonly kind: 'single'; readonly verb: Verb; readonly goodbye: readonly Say[] };

/** `misses` counts what the caller pressed wrongly or not at all. */
export type RunState =
  | { readonly at: 'menu' | 'dialling' | 'connecting'; readonly misses: number }
  | { readonly at: 'connecting-operator' | 'single' | 'ending' | 'over' };

/** The next state, and the verb to run in it; none when the run is over. */
export interface RunStep {
  readonly state: RunState;
  readonly verb: Verb | null;
}

const OVER: RunStep = { state: { at: 'over' }, verb: null };

/*
 *  ivr:    menu ⇄ dialling ──► connecting ──► over
 *            │ too many misses     │ nobody answered
 *            ▼                     ▼
 *          connecting-operator ──► ending ──► over
 *
 *  others: single ──► ending ──► over
 */

export function beginRun(script: Script): RunStep {
  return script.kind === 'ivr' ? askMenu(script.menu, [], 0) : { state: { at: 'single' }, verb: script.verb };
}

export function nextRunStep(script: Script, state: RunState, outcome: VerbOutcome): RunStep {
  if (outcome.kind === 'handed-over') return OVER;
  switch (state.at) {
    case 'menu':
      return script.kind === 'ivr' ? afterMenu(script.menu, state.misses, outcome) : OVER;
    case 'dialling':
      return script.kind === 'ivr' ? afterDialling(script.menu, state.misses, outcome) : OVER;
    case 'connecting':
      return script.kind === 'ivr' ? afterConnecting(script.menu, state.misses, outcome) : OVER;
    case 'connecting-operator':
      return end([text(PHRASES.nobodyThere), text(PHRASES.goodbye)]);
    case 'single':
      return end(script.kind === 'single' ? script.goodbye : [text(PHRASES.goodbye)]);
    case 'ending':
    case 'over':
      return OVER;
  }
}

function afterMenu(menu: Menu, misses: number, outcome: VerbOutcome): RunStep {
  const digit = outcome.kind === 'digits' ? outcome.digits : '';
  if (digit === '') return miss(menu, misses, PHRASES.nothingPressed, askMenu);
  const action = menu.entries.get(digit);
  if (action === undefined) return miss(menu, misses, PHRASES.wrongKey, askMenu);
  switch (action.kind) {
    case 'connect':
      return connect(action, misses);
    case 'voicemail':
      return leadToMailbox(action.mailboxId, misses);
    case 'dial-extension':
      return askExtension(menu, [], misses);
    case 'repeat':
      return askMenu(menu, [], misses);
    case 'hang-up':
      return end([text(PHRASES.goodbye)]);
  }
}

/** By way of signalling: it starts the taking of a message, and knows the call for one that went to voicemail. */
function leadToMailbox(mailboxId: MailboxId, misses: number): RunStep {
  return {
    state: { at: 'connecting', misses },
    verb: {
      kind: 'transfer',
      target: { kind: 'voicemail', mailboxId },
      fallback: 'target',
      say: [],
    },
  };
}

function afterDialling(menu: Menu, misses: number, outcome: VerbOutcome): RunStep {
  if (outcome.kind === 'destination') return connect(outcome.destination, misses);
  const hint = outcome.kind === 'unknown-extension' ? PHRASES.unknownExtension : PHRASES.nothingPressed;
  return miss(menu, misses, hint, askExtension);
}

function afterConnecting(menu: Menu, misses: number, outcome: VerbOutcome): RunStep {
  if (outcome.kind === 'refused') return miss(menu, misses, PHRASES.cannotReach, askMenu);
  return connectOperator(menu, PHRASES.nobodyThere);
}

type Ask = (menu: Menu, hint: readonly Say[], misses: number) => RunStep;

function miss(menu: Menu, misses: number, hint: string, ask: Ask): RunStep {
  return misses < menu.maxRetries ? ask(menu, [text(hint)], misses + 1) : connectOperator(menu, hint);
}

function askMenu(menu: Menu, hint: readonly Say[], misses: number): RunStep {
  return {
    state: { at: 'menu', misses },
    verb: {
      kind: 'gather',
      say: [...hint, text(menu.welcomeText)],
      maxDigits: 1,
      firstDigitMs: menu.timeoutMs,
      interDigitMs: menu.timeoutMs,
      terminator: null,
      // What was pressed after a mistake belongs to the mistake.
      fresh: hint.length > 0,
    },
  };
}

function askExtension(menu: Menu, hint: readonly Say[], misses: number): RunStep {
  return {
    state: { at: 'dialling', misses },
    verb: {
      kind: 'dial-extension',
      say: [...hint, text(PHRASES.dialExtension)],
      firstDigitMs: Math.max(menu.timeoutMs, 5000),
      fresh: hint.length > 0,
    },
  };
}

function connect({ target, takesMessages }: Destination, misses: number): RunStep {
  return {
    state: { at: 'connecting', misses },
    verb: {
      kind: 'transfer',
      say: [text(PHRASES.connecting)],
      target,
      fallback: takesMessages ? 'target' : 'return',
    },
  };
}

function connectOperator({ operator }: Menu, hint: string): RunStep {
  if (operator === null) return end([text(hint), text(PHRASES.goodbye)]);
  return {
    state: { at: 'connecting-operator' },
    verb: {
      kind: 'transfer',
      say: [text(hint), text(PHRASES.toOperator)],
      target: operator.target,
      fallback: operator.takesMessages ? 'target' : 'return',
    },
  };
}

function end(say: readonly Say[]): RunStep {
  return { state: { at: 'ending' }, verb: { kind: 'hang-up', say, reason: 'Finished' } };
}
