import { describe, expect, it } from 'vitest';
import {
  failureOfStatus,
  failureOfTrunk,
  NO_ANSWER,
  NOT_REGISTERED,
  statusOfCode,
  worstCommonFailure,
} from './call-failure.js';

describe('failureOfStatus', () => {
  it.each([
    [486, false, 'busy', 486],
    [600, true, 'busy', 486],
    [603, true, 'declined', 603],
    [480, true, 'no-answer', 480],
    [408, false, 'unreachable', 480],
    [404, false, 'unreachable', 480],
    [488, false, 'unreachable', 488],
    [500, true, 'no-answer', 480],
    [302, false, 'unreachable', 480],
    [483, false, 'unreachable', 483],
  ] as const)('%d (rang: %s) means %s', (status, rang, kind, sipStatus) => {
    expect(failureOfStatus(status, rang)).toMatchObject({ kind, sipStatus });
  });
});

describe('failureOfTrunk', () => {
  it.each([
    [486, 486],
    [404, 404],
    [503, 503],
  ])('%d is what callers hear', (status, sipStatus) => {
    expect(failureOfTrunk(status, false)).toMatchObject({ sipStatus });
    expect(failureOfTrunk(status, false).isSentOn).toBeUndefined();
  });

  it.each([300, 301, 302, 305, 380])('%d that is not followed is 480, and says nothing of who is called', (status) => {
    expect(failureOfTrunk(status, false)).toMatchObject({ kind: 'unreachable', sipStatus: 480, isSentOn: true });
  });
});

describe('worstCommonFailure', () => {
  const busy = failureOfStatus(486, false);
  const declined = failureOfStatus(603, true);
  it.each([
    [[NOT_REGISTERED, busy], busy],
    [[NO_ANSWER, declined], NO_ANSWER],
    [[NOT_REGISTERED, declined], declined],
    [[NOT_REGISTERED], NOT_REGISTERED],
    [[], NOT_REGISTERED],
  ])('of %j', (failures, expected) => {
    expect(worstCommonFailure(failures)).toBe(expected);
  });
});

describe('statusOfCode', () => {
  it.each([
    ['MEDIA.NOT_ACCEPTABLE', 488],
    ['MEDIA.BAD_SDP', 400],
    ['MEDIA.NO_PORTS', 503],
    ['ROOM.NOT_FOUND', 404],
    ['CALL.UNREACHABLE', 480],
    ['BUS.NO_HANDLER', 503],
  ])('%s is %d', (code, status) => {
    expect(statusOfCode(code)).toBe(status);
  });
});
