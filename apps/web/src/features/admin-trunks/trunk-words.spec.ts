import { TrunkId, newId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { adviceFor, conditionOf, probeWords } from './trunk-words.js';

const state = {
  trunkId: newId(TrunkId),
  reachable: 'yes',
  registration: 'off',
  problem: null,
  calls: 0,
  checkedAt: null,
} as const;

describe('the condition of a trunk', () => {
  it.each([
    [{ enabled: false, state }, 'Off', 'gray'],
    [{ enabled: true, state: null }, 'Not known', 'gray'],
    [{ enabled: true, state }, 'Reachable', 'green'],
    [{ enabled: true, state: { ...state, reachable: 'unknown' } }, 'Asking', 'yellow'],
    [{ enabled: true, state: { ...state, reachable: 'no', problem: '408 No answer' } }, 'No answer', 'red'],
    [{ enabled: true, state: { ...state, registration: 'registered' } }, 'Registered', 'green'],
    [{ enabled: true, state: { ...state, registration: 'registering' } }, 'Registering', 'yellow'],
    [{ enabled: true, state: { ...state, registration: 'failed' } }, 'Not registered', 'red'],
  ] as const)('%j is %s', (trunk, words, colour) => expect(conditionOf(trunk)).toMatchObject({ words, colour }));

  it('is found by a test', () => {
    expect(probeWords('Line', { reachable: true, status: 200, reason: 'OK', milliseconds: 12 })).toContain('200 OK');
    expect(probeWords('Line', { reachable: false, status: 408, reason: 'No answer', milliseconds: 1 })).toContain(
      'not',
    );
  });
});

describe('adviceFor', () => {
  const red = { words: 'Not registered', colour: 'red' } as const;

  it('looks at the password where the other side refuses, and at the address where nobody answers', () => {
    expect(adviceFor({ ...red, problem: '403 Forbidden' })).toBe('Check user name and password.');
    expect(adviceFor({ ...red, problem: '408 Request Timeout' })).toBe('Check domain, port and transport.');
  });

  it('has none for a trunk that works', () => {
    expect(adviceFor({ words: 'Registered', colour: 'green', problem: null })).toBeNull();
  });
});
