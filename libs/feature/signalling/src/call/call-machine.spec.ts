import { newId, OrganisationId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { CALL_TRANSITIONS, LEG_TRANSITIONS, nextCallState, nextLegState } from './call-machine.js';
import { DEFAULT_CALL_POLICY } from '../routing/directory.js';
import { Call } from './call.js';

describe('the call table', () => {
  it.each([
    ['routing', 'ring', 'ringing'],
    ['routing', 'answer', 'answered'],
    ['routing', 'end', 'ended'],
    ['ringing', 'ring', 'ringing'],
    ['ringing', 'answer', 'answered'],
    ['ringing', 'end', 'ended'],
    ['answered', 'ring', 'answered'],
    ['answered', 'answer', 'answered'],
    ['answered', 'end', 'ended'],
    ['ended', 'ring', 'ended'],
    ['ended', 'answer', 'ended'],
    ['ended', 'end', 'ended'],
  ] as const)('%s --%s--> %s', (state, input, next) => {
    expect(nextCallState(state, input)).toBe(next);
  });

  it('is whole, and so is that of legs', () => {
    for (const table of [CALL_TRANSITIONS, LEG_TRANSITIONS])
      for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(['ring', 'answer', 'end']);
    expect(nextLegState('trying', 'answer')).toBe('answered');
    expect(nextLegState('ended', 'answer')).toBe('ended');
  });
});

describe('Call', () => {
  const route = { target: { kind: 'user', number: '1', name: null, userId: null }, steps: [] } as const;
  const directory = { organisationId: newId(OrganisationId), sipDomain: 'a.test', callPolicy: DEFAULT_CALL_POLICY };
  const call = (): Call =>
    new Call({ directory, from: { number: '2', name: null, userId: null }, route, startedAt: 100 });

  it('keeps the first answer and the first end', () => {
    const one = call();
    expect([one.apply('answer', 110), one.apply('answer', 120), one.apply('end', 130), one.apply('end', 140)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([one.answeredAt, one.endedAt]).toEqual([110, 130]);
  });

  it('gives up an attempt when the next begins, and every one when it ends', () => {
    const one = call();
    const first = one.beginAttempt();
    const second = one.beginAttempt();
    const heard: string[] = [];
    second.onGivenUp(() => heard.push('second'));
    expect([first.givenUp, second.givenUp]).toEqual([true, false]);
    one.apply('end', 1);
    expect([second.givenUp, one.beginAttempt().givenUp]).toEqual([true, true]);
    second.giveUp();
    expect(heard).toEqual(['second']);
  });
});
