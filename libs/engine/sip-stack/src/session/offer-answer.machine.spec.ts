import { describe, expect, it } from 'vitest';
import { OFFER_ANSWER, offerAnswerStep } from './offer-answer.machine.js';
import type { OfferAnswerEvent, OfferAnswerState } from './offer-answer.machine.js';

const STATES = [
  'new',
  'stable',
  'invite-sent',
  'invite-received',
  'offerless-sent',
  'offerless-received',
  'progress-sent',
  'progress-received',
  'success-sent',
  'success-received',
  'prack-sent',
  'prack-received',
  'update-sent',
  'update-received',
] as const satisfies readonly OfferAnswerState[];
const EVENTS = Object.keys(OFFER_ANSWER) as OfferAnswerEvent[];

/** RFC 6337 Table 1: where an offer may be, and where its answer then is. */
const PAIRS: readonly {
  offer: OfferAnswerEvent;
  from: OfferAnswerState[];
  waits: OfferAnswerState;
  answers: OfferAnswerEvent[];
}[] = [
  {
    offer: 'send INVITE',
    from: ['new', 'stable'],
    waits: 'invite-sent',
    answers: ['receive reliable 1xx', 'receive 2xx'],
  },
  {
    offer: 'receive INVITE',
    from: ['new', 'stable'],
    waits: 'invite-received',
    answers: ['send reliable 1xx', 'send 2xx'],
  },
  { offer: 'send 2xx', from: ['offerless-received'], waits: 'success-sent', answers: ['receive ACK'] },
  { offer: 'receive 2xx', from: ['offerless-sent'], waits: 'success-received', answers: ['send ACK'] },
  { offer: 'send reliable 1xx', from: ['offerless-received'], waits: 'progress-sent', answers: ['receive PRACK'] },
  { offer: 'receive reliable 1xx', from: ['offerless-sent'], waits: 'progress-received', answers: ['send PRACK'] },
  { offer: 'send PRACK', from: ['stable'], waits: 'prack-sent', answers: ['receive 2xx of PRACK'] },
  { offer: 'receive PRACK', from: ['stable', 'update-sent'], waits: 'prack-received', answers: ['send 2xx of PRACK'] },
  { offer: 'send UPDATE', from: ['stable'], waits: 'update-sent', answers: ['receive 2xx of UPDATE'] },
  { offer: 'receive UPDATE', from: ['stable'], waits: 'update-received', answers: ['send 2xx of UPDATE'] },
];

/** RFC 6337 §4.3: whose transaction is open in a state. */
const OURS: readonly OfferAnswerState[] = [
  'invite-sent',
  'offerless-sent',
  'progress-received',
  'success-received',
  'prack-sent',
  'update-sent',
];
const THEIRS: readonly OfferAnswerState[] = [
  'invite-received',
  'offerless-received',
  'progress-sent',
  'success-sent',
  'prack-received',
  'update-received',
];

describe('offers and answers', () => {
  it('are where RFC 6337 Table 1 has them, and nowhere else', () => {
    for (const event of EVENTS) {
      for (const state of STATES) {
        const { meaning, next } = offerAnswerStep(state, event);
        const offer = PAIRS.find((pair) => pair.offer === event && pair.from.includes(state));
        const answer = PAIRS.find((pair) => pair.waits === state && pair.answers.includes(event));
        const where = `${event} in ${state}`;
        expect(meaning === 'offer', where).toBe(offer !== undefined);
        expect(meaning === 'answer', where).toBe(answer !== undefined);
        if (offer !== undefined) expect(next, where).toBe(offer.waits);
        if (answer !== undefined) expect(next, where).toBe('stable');
      }
    }
  });

  it.each(['receive INVITE', 'receive INVITE without SDP', 'receive UPDATE'] as const)(
    'of the peer in %s: 491 while ours is open, 500 while its own is (RFC 6337 §4.3)',
    (event) => {
      for (const state of STATES) {
        const { meaning, next } = offerAnswerStep(state, event);
        if (OURS.includes(state)) expect([meaning, next]).toEqual(['glare', state]);
        else if (THEIRS.includes(state)) expect([meaning, next]).toEqual(['busy', state]);
        else if (state === 'new' && event === 'receive UPDATE') expect([meaning, next]).toEqual(['busy', 'new']);
        else expect(['offer', 'nothing']).toContain(meaning);
      }
    },
  );

  it('are not sent while another exchange is open (RFC 3264 §4)', () => {
    for (const event of ['send INVITE', 'send INVITE without SDP', 'send UPDATE'] as const) {
      for (const state of [...OURS, ...THEIRS]) expect(offerAnswerStep(state, event).meaning).toBe('forbidden');
    }
  });

  it('that are due and do not come are missing, and the exchange is over', () => {
    const missing = EVENTS.flatMap((event) =>
      STATES.filter((state) => offerAnswerStep(state, event).meaning === 'missing').map(
        (state) => `${event}: ${state} → ${offerAnswerStep(state, event).next}`,
      ),
    );
    expect(missing).toEqual([
      'send 2xx without SDP: invite-received → stable',
      'send 2xx without SDP: offerless-received → stable',
      'receive 2xx without SDP: invite-sent → stable',
      'receive 2xx without SDP: offerless-sent → stable',
      'send ACK without SDP: success-received → stable',
      'receive ACK without SDP: success-sent → stable',
      'send PRACK without SDP: progress-received → stable',
      'receive PRACK without SDP: progress-sent → offerless-received',
      'send 2xx of PRACK without SDP: prack-received → stable',
      'receive 2xx of PRACK without SDP: prack-sent → stable',
      'send 2xx of UPDATE without SDP: update-received → stable',
      'receive 2xx of UPDATE without SDP: update-sent → stable',
    ]);
  });

  it('end with a refusal of the request that carries them, and with no other', () => {
    const ended = EVENTS.filter((event) => event.includes('refusal')).flatMap((event) =>
      STATES.filter((state) => offerAnswerStep(state, event).next !== state).map((state) => `${event}: ${state}`),
    );
    expect(ended).toEqual([
      'send refusal of INVITE: invite-received',
      'send refusal of INVITE: offerless-received',
      'send refusal of INVITE: progress-sent',
      'receive refusal of INVITE: invite-sent',
      'receive refusal of INVITE: offerless-sent',
      'receive refusal of INVITE: progress-received',
      'send refusal of PRACK: prack-received',
      'receive refusal of PRACK: prack-sent',
      'send refusal of UPDATE: update-received',
      'receive refusal of UPDATE: update-sent',
    ]);
  });

  it('in an unreliable 1xx are a preview of the answer only (RFC 6337 §3.1.1)', () => {
    for (const state of STATES) {
      expect(offerAnswerStep(state, 'receive 1xx').meaning).toBe(state === 'invite-sent' ? 'preview' : 'ignored');
      expect(offerAnswerStep(state, 'send 1xx').meaning).toBe(state === 'invite-received' ? 'preview' : 'forbidden');
    }
  });

  it('are ignored in a 2xx after the answer came reliably (RFC 3261 §13.2.1)', () => {
    expect(offerAnswerStep('stable', 'receive 2xx').meaning).toBe('ignored');
    expect(offerAnswerStep('stable', 'receive ACK').meaning).toBe('ignored');
    expect(offerAnswerStep('stable', 'send 2xx').meaning).toBe('forbidden');
  });
});
