import { LiveCall } from '@carillon/contracts';
import { describe, expect, it } from 'vitest';
import { callConcerns, upsertCall } from './upsert-call.js';

const user = crypto.randomUUID();
const callId = crypto.randomUUID();
const call = (revision: number, change: Partial<LiveCall> = {}): LiveCall =>
  ({
    ...LiveCall.parse({
      callId,
      organisationId: crypto.randomUUID(),
      direction: 'internal',
      from: { number: '1001', name: null, userId: user },
      to: { number: '1002', name: null, userId: null, kind: 'user' },
      state: 'ringing',
      startedAt: '2026-01-01T10:00:00.000Z',
      answeredAt: null,
      endedAt: null,
      revision,
      legs: [],
      outcome: null,
      endReason: null,
      sipStatus: null,
    }),
    ...change,
  }) satisfies LiveCall;

describe('upsertCall', () => {
  it('takes a newer revision and leaves a stale one', () => {
    const answered = upsertCall([call(1)], call(2, { state: 'answered' }));
    expect(answered).toHaveLength(1);
    expect(answered[0]?.state).toBe('answered');
    expect(upsertCall(answered, call(1))[0]?.state).toBe('answered');
  });

  it('lets an ended call go', () => {
    expect(upsertCall([call(1)], call(3, { state: 'ended' }))).toEqual([]);
  });
});

describe('callConcerns', () => {
  it('knows both ends and the legs', () => {
    expect(callConcerns(call(1), user)).toBe(true);
    expect(callConcerns(call(1), crypto.randomUUID())).toBe(false);
  });
});
