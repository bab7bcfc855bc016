import { CallId, DeviceId, LegId, UserId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { buildLadderText } from './build-ladder-text.js';
import { exampleLadder, exampleMessage, exampleNote } from './example-ladder.js';
import { explainCall, type ExplainedCall } from './explain-call.js';

const uuid = (last: number): string => `01990000-0000-7000-8000-00000000000${last}`;
const LEG = LegId.parse(uuid(3));
const DEVICE = DeviceId.parse(uuid(4));

function call(changes: Partial<NonNullable<ExplainedCall['call']>> = {}): NonNullable<ExplainedCall['call']> {
  return {
    callId: CallId.parse(uuid(1)),
    direction: 'internal',
    from: { number: '1001', name: 'Alice Archer', userId: UserId.parse(uuid(5)) },
    to: { number: '1002', name: 'Bob Baker', userId: UserId.parse(uuid(6)), kind: 'user' },
    state: 'ended',
    startedAt: '2026-01-01T10:00:00.000Z',
    answeredAt: null,
    endedAt: '2026-01-01T10:00:20.000Z',
    legs: [
      {
        ...{ legId: LEG, role: 'callee', number: '1002', userId: null, deviceId: DEVICE, state: 'ended' },
        ...{ reason: 'No answer', sipStatus: 408 },
      },
    ],
    outcome: 'missed',
    endReason: 'No answer',
    sipStatus: 480,
    ...changes,
  };
}
const devices = new Map([[DEVICE as string, 'Desk phone']]);
const rang = exampleLadder(
  [
    exampleMessage({ start: 'SIP/2.0 180 Ringing', status: 180, participant: LEG, at: 1000 }),
    exampleNote('call.handed-over', 'Sent to voicemail because nobody answered'),
    exampleMessage({ start: 'CANCEL sip:b SIP/2.0', method: 'CANCEL', direction: 'out', participant: LEG, at: 21_000 }),
  ],
  { participants: [{ id: LEG, kind: 'callee', label: 'Bob Baker', detail: 'Desk phone' }] },
);

describe('a call is explained in plain words', () => {
  it('that nobody answered, and went to voicemail', () => {
    const voicemail = call({
      outcome: 'voicemail',
      answeredAt: '2026-01-01T10:00:20.000Z',
      endedAt: '2026-01-01T10:00:32.000Z',
    });
    expect(explainCall({ call: voicemail, ladder: rang, devices })).toEqual({
      headline: 'Alice Archer reached the voicemail of Bob Baker, since nobody answered.',
      steps: [
        'Alice Archer called Bob Baker.',
        "Bob Baker's desk phone rang 20 s, nobody answered.",
        'Sent to voicemail because nobody answered.',
        'The call ended after 12 s: no answer.',
      ],
    });
  });

  it('that found no trunk with SRTP, and was not sent out in the clear', () => {
    const why = 'Cheap is passed over: its sound would be in the clear';
    const ladder = exampleLadder([
      exampleNote('trunk.passed-over', 'Full is passed over'),
      exampleNote('trunk.in-clear', why),
    ]);
    const { steps } = explainCall({ call: call(), ladder, devices });
    expect(steps.slice(2, 4)).toEqual(['Full is passed over.', `${why}.`]);
  });

  it('without a ladder, as far as the record tells', () => {
    const { headline, steps } = explainCall({ call: call(), ladder: undefined, devices });
    expect(headline).toBe('Bob Baker did not answer Alice Archer.');
    expect(steps[1]).toBe("1002's desk phone rang, nobody answered.");
  });

  it('over a trunk that said nothing', () => {
    const [leg] = call().legs;
    if (leg === undefined) throw new Error('No leg');
    const over = { ...leg, userId: null, deviceId: null, number: '0301234' };
    const outside = { number: '0301234', name: null, userId: null, kind: 'external' as const };
    const asked = exampleLadder(
      [exampleMessage({ start: 'INVITE sip:b SIP/2.0', participant: LEG, direction: 'out' })],
      { participants: [{ id: LEG, kind: 'callee', label: '0301234', detail: 'Provider' }] },
    );
    const { headline, steps } = explainCall({ call: call({ to: outside, legs: [over] }), ladder: asked, devices });
    expect(headline).toBe('0301234 could not be reached by Alice Archer.');
    expect(steps[1]).toBe('0301234 over Provider could not be reached: it gave no answer at all.');
  });

  it('to a number that nobody has, and in the words of SIP', () => {
    const to = { number: '1999', name: null, userId: null, kind: 'unknown' as const };
    const away = call({ endReason: 'Service Unavailable' });
    expect(explainCall({ call: away, ladder: undefined, devices }).steps.at(-1)).toBe(
      'The call ended: Service Unavailable.',
    );
    const unknown = call({ outcome: 'failed', endReason: 'Unknown number', to, legs: [] });
    const { headline, steps } = explainCall({ call: unknown, ladder: undefined, devices });
    expect(headline).toBe('The call from Alice Archer to 1999 failed: Unknown number.');
    expect(steps[0]).toBe('Alice Archer called 1999, which nobody has.');
  });

  it.each([
    [
      'answered',
      { answeredAt: '2026-01-01T10:00:05.000Z', endedAt: '2026-01-01T10:02:05.000Z' },
      'Alice Archer talked to Bob Baker for 2 min.',
    ],
    ['busy', {}, 'Bob Baker was busy when Alice Archer called.'],
    ['declined', {}, 'Bob Baker declined the call from Alice Archer.'],
    ['redirected', {}, 'Alice Archer called Bob Baker and was told where the phone is.'],
    ['cancelled', {}, 'Alice Archer gave up before Bob Baker answered.'],
    ['missed', { legs: [] }, 'Bob Baker could not be reached by Alice Archer: no phone is registered.'],
    ['failed', { endReason: 'Unknown number' }, 'The call from Alice Archer to Bob Baker failed: Unknown number.'],
  ] as const)('%s', (outcome, changes, headline) => {
    expect(
      explainCall({
        call: call({ outcome, ...changes, legs: 'legs' in changes ? [] : call().legs }),
        ladder: undefined,
        devices,
      }).headline,
    ).toBe(headline);
  });

  it('that was refused before it became one', () => {
    const refused = { status: 403, from: 'sip:eve@example.org', to: 'sip:1002@example.org' };
    const { headline } = explainCall({ call: undefined, ladder: exampleLadder([], { refused }), devices });
    expect(headline).toBe(
      'A call from sip:eve@example.org was refused with 403: the user name or the password was wrong.',
    );
  });
});

describe('the text for support', () => {
  it('has the words, an overview and every message', () => {
    const text = buildLadderText(rang, explainCall({ call: call(), ladder: rang, devices }));
    expect(text).toContain('Bob Baker did not answer Alice Archer.');
    expect(text).toMatch(/\[1\] +0\.000 +--> 180 {2}\(INVITE\)/);
    expect(text).toContain('* Sent to voicemail because nobody answered');
    expect(text).toContain('CANCEL sip:b SIP/2.0\nVia:');
  });
});
