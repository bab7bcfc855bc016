import { newId, TrunkId, UserId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import type { NumberRule } from '../trunks/number-rules.js';
import type { Directory, NumberTarget } from './directory.js';
import { routeForHelp } from './route-for-help.js';

const userId = newId(UserId);
const rule = (pattern: string, strip = 0, prepend = ''): NumberRule => ({ pattern, strip, prepend });

function directory(trunks: readonly NumberRule[][], numbers: Readonly<Record<string, NumberTarget>> = {}): Directory {
  return {
    trunks: trunks.map((outbound) => ({ trunkId: newId(TrunkId), outbound })),
    numbers: new Map(Object.entries(numbers)),
  } as unknown as Directory;
}

function numbersOf(of: Directory, payerUserId: UserId | null = userId): (string | undefined)[] {
  const { steps } = routeForHelp(of, { callerUserId: userId, payerUserId });
  return steps.flatMap((step) => (step.kind === 'trunk' ? step.ways.map(({ number }) => number) : [step.kind]));
}

describe('a call for an emergency service by its name goes to', () => {
  it.each([
    ['112, where everything goes out', [[rule('X.')]], ['112']],
    ['the number that a rule names', [[rule('X.'), rule('911')]], ['911']],
    ['what is dialled behind a digit for an outside line', [[rule('0.', 1)]], ['112']],
    ['the number of each trunk', [[rule('911')], [rule('X.')]], ['911', '112']],
    ['trunks that take one alone', [[rule('0049.', 2, '+')], [rule('11X')]], ['112']],
  ] as const)('%s', (_what, trunks, expected) => {
    expect(numbersOf(directory(trunks.map((rules) => [...rules])))).toEqual(expected);
  });

  it('no number that only looks like one: 000 behind the outside line of another country is none', () => {
    expect(numbersOf(directory([[rule('0.', 1, '+49')]]))).toEqual([]);
  });

  it('a trunk, though an extension has that number; to it where no trunk takes one', () => {
    const numbers = { '112': { kind: 'echo' } } as const;
    expect(numbersOf(directory([[rule('X.')]], numbers))).toEqual(['112']);
    expect(numbersOf(directory([], numbers))).toEqual(['voice-app']);
  });

  it('nobody outside, where the caller may not call outside', () => {
    expect(numbersOf(directory([[rule('X.')]]), null)).toEqual([]);
  });
});
