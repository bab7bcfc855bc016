import { describe, expect, it } from 'vitest';
import { PHRASES } from '../phrases.js';
import type { Verb, VerbOutcome } from '../verbs/verb.js';
import { beginRun, type Menu, nextRunStep, type RunState, type Script } from './run.machine.js';
import { MailboxId, RingGroupId, UserId } from '@carillon/domain';

const userId = UserId.parse(crypto.randomUUID());
const ringGroupId = RingGroupId.parse(crypto.randomUUID());
const group = { target: { kind: 'group', ringGroupId }, takesMessages: false } as const;
const person = { target: { kind: 'user', userId }, takesMessages: true } as const;

const menu: Menu = {
  welcomeText: 'Welcome.',
  timeoutMs: 5000,
  maxRetries: 2,
  operator: person,
  entries: new Map([
    ['1', { kind: 'connect', ...group }],
    ['2', { kind: 'voicemail', mailboxId: MailboxId.parse(crypto.randomUUID()) }],
    ['3', { kind: 'dial-extension' }],
    ['9', { kind: 'repeat' }],
    ['0', { kind: 'hang-up' }],
    ['#', { kind: 'connect', ...person }],
  ]),
};
const ivr: Script = { kind: 'ivr', menu };
const pressed = (digits: string): VerbOutcome => ({ kind: 'digits', digits });

/** A verb in short: what it is, where it leads, and what is said before. */
function show(verb: Verb | null): string {
  if (verb === null) return 'nothing';
  const said = 'say' in verb ? verb.say.map((piece) => (piece.kind === 'text' ? piece.text : piece.kind)) : [];
  const lead = verb.kind === 'transfer' ? ` ${verb.target.kind}/${verb.fallback}` : '';
  return [`${verb.kind}${lead}`, ...said].join(' | ');
}

const welcome = 'gather | Welcome.';
const dial = PHRASES.dialExtension;

describe('an IVR run', () => {
  it('begins with the welcome', () => expect(show(beginRun(ivr).verb)).toBe(welcome));

  it.each<[string, RunState, VerbOutcome, RunState['at'], string]>([
    ['a group', { at: 'menu', misses: 0 }, pressed('1'), 'connecting', `transfer group/return | ${PHRASES.connecting}`],
    ['a person', { at: 'menu', misses: 0 }, pressed('#'), 'connecting', `transfer user/target | ${PHRASES.connecting}`],
    ['a mailbox', { at: 'menu', misses: 0 }, pressed('2'), 'connecting', 'transfer voicemail/target'],
    ['an extension', { at: 'menu', misses: 1 }, pressed('3'), 'dialling', `dial-extension | ${dial}`],
    ['a repeat', { at: 'menu', misses: 1 }, pressed('9'), 'menu', welcome],
    ['the end', { at: 'menu', misses: 0 }, pressed('0'), 'ending', `hang-up | ${PHRASES.goodbye}`],
    ['a wrong key', { at: 'menu', misses: 0 }, pressed('8'), 'menu', `gather | ${PHRASES.wrongKey} | Welcome.`],
    ['nothing', { at: 'menu', misses: 1 }, pressed(''), 'menu', `gather | ${PHRASES.nothingPressed} | Welcome.`],
    [
      'nothing for the third time',
      { at: 'menu', misses: 2 },
      pressed(''),
      'connecting-operator',
      `transfer user/target | ${PHRASES.nothingPressed} | ${PHRASES.toOperator}`,
    ],
    [
      'a dialled extension',
      { at: 'dialling', misses: 0 },
      { kind: 'destination', destination: person },
      'connecting',
      `transfer user/target | ${PHRASES.connecting}`,
    ],
    [
      'an unknown extension',
      { at: 'dialling', misses: 0 },
      { kind: 'unknown-extension' },
      'dialling',
      `dial-extension | ${PHRASES.unknownExtension} | ${dial}`,
    ],
    [
      'an unknown extension for the third time',
      { at: 'dialling', misses: 2 },
      { kind: 'unknown-extension' },
      'connecting-operator',
      `transfer user/target | ${PHRASES.unknownExtension} | ${PHRASES.toOperator}`,
    ],
    [
      'a group that nobody answers',
      { at: 'connecting', misses: 0 },
      { kind: 'returned', outcome: 'missed' },
      'connecting-operator',
      `transfer user/target | ${PHRASES.nobodyThere} | ${PHRASES.toOperator}`,
    ],
    [
      'a destination that is refused',
      { at: 'connecting', misses: 0 },
      { kind: 'refused', code: 'CALL.NO_ROUTE' },
      'menu',
      `gather | ${PHRASES.cannotReach} | Welcome.`,
    ],
    [
      'an operator that does not answer',
      { at: 'connecting-operator' },
      { kind: 'returned', outcome: 'missed' },
      'ending',
      `hang-up | ${PHRASES.nobodyThere} | ${PHRASES.goodbye}`,
    ],
    ['a message that was left', { at: 'single' }, { kind: 'done' }, 'ending', `hang-up | ${PHRASES.goodbye}`],
    ['a transfer that went well', { at: 'connecting', misses: 0 }, { kind: 'handed-over' }, 'over', 'nothing'],
  ])('goes on after %s', (_name, state, outcome, next, verb) => {
    const step = nextRunStep(ivr, state, outcome);
    expect(step.state.at).toBe(next);
    expect(show(step.verb)).toBe(verb);
  });

  it('says goodbye where there is no operator', () => {
    const step = nextRunStep(
      { kind: 'ivr', menu: { ...menu, operator: null } },
      { at: 'menu', misses: 2 },
      pressed(''),
    );
    expect(show(step.verb)).toBe(`hang-up | ${PHRASES.nothingPressed} | ${PHRASES.goodbye}`);
  });

  it('forgets keys pressed ahead only after a mistake', () => {
    expect(beginRun(ivr).verb).toMatchObject({ fresh: false });
    expect(nextRunStep(ivr, { at: 'menu', misses: 0 }, pressed('8')).verb).toMatchObject({ fresh: true });
  });
});
