import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { IncomingRefer, OutgoingRefer, ReferOptions, Referral } from '../api/refer.js';
import { dialogOfPeer } from '../replaces/dialog-of-peer.js';
import { SeededRandom } from '../testing/seeded-random.js';
import type { TestBed } from '../testing/test-bed.js';
import { answerCalls, call, openTestBed } from '../testing/test-bed.js';
import { buildStatusFragment, parseStatusFragment } from './status-fragment.js';

async function talking(): Promise<{ bed: TestBed; caller: InviteSession; callee: InviteSession }> {
  const bed = await openTestBed();
  const bob = answerCalls(bed, 100);
  const alice = call(bed);
  await bed.clock.advance(500);
  const [callee] = bob.sessions;
  if (callee === undefined) throw new Error('No call');
  return { bed, caller: alice.session(), callee };
}

function follow(refer: OutgoingRefer): string[] {
  const seen: string[] = [];
  refer
    .on('accepted', ({ status }) => seen.push(`accepted ${status}`))
    .on('progress', (status, reason) => seen.push(`${status} ${reason}`))
    .on('ended', (end) => {
      if (end.kind === 'refused') seen.push(`refused ${end.failure.status}`);
      else if (end.kind === 'reported') seen.push(`reported ${end.status}`);
      else seen.push(end.kind === 'unknown' ? `unknown ${end.lastStatus}` : end.kind);
    });
  return seen;
}

/** Takes REFERs and lets the test tell their progress. */
function referee(session: { on(event: 'refer', handler: (refer: IncomingRefer) => void): unknown }) {
  const refers: IncomingRefer[] = [];
  const referrals: Referral[] = [];
  session.on('refer', (refer) => {
    refers.push(refer);
    referrals.push(refer.accept());
  });
  return { refers, referrals };
}

const CAROL = { target: 'sip:carol@c.example' } as const;
const headersOf = (bed: TestBed, name: string): (string | undefined)[] => [
  ...new Set(bed.network.sent('NOTIFY').map(({ text }) => new RegExp(`^${name}: (.*)\r$`, 'm').exec(text)?.[1])),
];

describe('a REFER in a call (RFC 3515)', () => {
  it('brings news of the request it asks for, and ends with the last', async () => {
    const { bed, caller, callee } = await talking();
    const { refers, referrals } = referee(callee);
    const seen = follow(caller.refer({ referTo: CAROL, referredBy: '<sip:alice@a.example>' }));
    await bed.clock.advance(100);
    void referrals[0]?.notify(180);
    await bed.clock.advance(100);
    void referrals[0]?.notify(200);
    await bed.clock.advance(100);
    expect(seen).toEqual(['accepted 200', '100 Trying', '180 Ringing', '200 OK', 'reported 200']);
    expect(refers[0]?.session).toBe(callee);
    expect(refers[0]?.referTo).toMatchObject({ target: CAROL.target, method: 'INVITE' });
    expect(refers[0]?.referredBy?.uri).toBe('sip:alice@a.example');
    expect(referrals[0]?.state).toBe('ended');
    expect(headersOf(bed, 'Subscription-State')).toEqual(['active;expires=180', 'terminated;reason=noresource']);
    expect(headersOf(bed, 'Content-Type')).toEqual(['message/sipfrag;version=2.0']);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('names the consultation call when it transfers with attendance (RFC 5589)', async () => {
    const { bed, caller, callee } = await talking();
    const { refers } = referee(callee);
    const replaces = dialogOfPeer(caller);
    caller.refer({ referTo: { ...CAROL, replaces } });
    await bed.clock.advance(100);
    expect(refers[0]?.replaces).toMatchObject({ ...replaces, earlyOnly: false });
    expect(refers[0]?.referTo.target).toBe(CAROL.target);
    expect(refers[0]?.referTo.headers).toContainEqual(['Require', 'replaces']);
  });

  it('is refused where it names no dialog that could be replaced: 400, not a call to somebody who talks already', async () => {
    const { bed, caller, callee } = await talking();
    const { refers } = referee(callee);
    const seen = follow(caller.refer({ referTo: '<sip:carol@c.example?Replaces=%25%25>' }));
    await bed.clock.advance(100);
    expect(refers).toHaveLength(0);
    expect(seen).toEqual(['refused 400']);
  });

  it('tells several apart by their CSeq', async () => {
    const { bed, caller, callee } = await talking();
    const { referrals } = referee(callee);
    const [first, second] = [follow(caller.refer({ referTo: CAROL })), follow(caller.refer({ referTo: 'sip:dave@d' }))];
    await bed.clock.advance(100);
    void referrals[1]?.notify(486);
    void referrals[0]?.notify(200);
    await bed.clock.advance(100);
    expect([first.at(-1), second.at(-1)]).toEqual(['reported 200', 'reported 486']);
    expect(headersOf(bed, 'Event')).toEqual(['refer', 'refer;id=3']);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('goes on when the call ends before the last news', async () => {
    const { bed, caller, callee } = await talking();
    const { referrals } = referee(callee);
    const seen = follow(caller.refer({ referTo: CAROL }));
    await bed.clock.advance(100);
    void caller.bye();
    await bed.clock.advance(1000);
    void referrals[0]?.notify(200);
    await bed.clock.advance(100);
    expect(seen.at(-1)).toBe('reported 200');
    expect(await bed.leftovers()).toEqual({});
  });

  it('is told no more after unsubscribing', async () => {
    const { bed, caller, callee } = await talking();
    const { referrals } = referee(callee);
    const refer = caller.refer({ referTo: CAROL });
    const seen = follow(refer);
    await bed.clock.advance(100);
    refer.unsubscribe();
    await bed.clock.advance(100);
    expect(seen.at(-1)).toBe('unknown 100');
    expect(referrals[0]?.state).toBe('ended');
    expect(await referrals[0]?.notify(200)).toMatchObject({ ok: false, cause: 'ended' });
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('is refreshed while the request goes on, and ends when the referee is silent for ever', async () => {
    const { bed, caller, callee } = await talking();
    referee(callee);
    const seen = follow(caller.refer({ referTo: CAROL }));
    await bed.clock.advance(400_000);
    expect(bed.network.sent('SUBSCRIBE').length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe('100 Trying');
    void callee.bye();
    void bed.alice.close();
    await bed.clock.advance(10_000);
    expect(seen.at(-1)).toBe('unknown 100');
  });

  it('without news on request (RFC 4488)', async () => {
    const { bed, caller, callee } = await talking();
    const { referrals } = referee(callee);
    const seen = follow(caller.refer({ referTo: CAROL, subscribe: false }));
    await bed.clock.advance(100);
    void referrals[0]?.notify(200);
    await bed.clock.advance(100);
    expect(seen).toEqual(['accepted 200', 'accepted']);
    expect(referrals[0]?.state).toBe('silent');
    expect(bed.network.sent('NOTIFY')).toEqual([]);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('is refused', async () => {
    const { bed, caller, callee } = await talking();
    callee.on('refer', (refer) => refer.reply(603));
    const refer = caller.refer({ referTo: CAROL });
    const seen = follow(refer);
    await bed.clock.advance(100);
    expect(seen).toEqual(['refused 603']);
    expect(await refer.response).toMatchObject({ ok: false, status: 603 });
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    ['none', {}],
    ['several', { 'Refer-To': ['<sip:a@a>', '<sip:b@b>'] }],
    ['a broken one', { 'Refer-To': '<sip:a@a' }],
  ])('with %s Refer-To is a bad request', async (_, headers) => {
    const { bed, caller, callee } = await talking();
    referee(callee);
    const outcome = caller.sendRequest({ method: 'REFER', headers });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: false, status: 400 });
  });

  it('that brings no NOTIFY ends after 64*T1', async () => {
    const { bed, caller, callee } = await talking();
    callee.on('refer', (refer) => refer.reply(202));
    const seen = follow(caller.refer({ referTo: CAROL }));
    await bed.clock.advance(40_000);
    expect(seen).toEqual(['accepted 202', 'unknown undefined']);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('cannot be subscribed to otherwise', async () => {
    const bed = await openTestBed();
    bed.bob.on('subscribe', (subscribe) => void subscribe.accept());
    const outcome = bed.alice.request({
      method: 'SUBSCRIBE',
      target: 'sip:bob@10.0.0.2',
      from: 'sip:a@a',
      contact: true,
      headers: { Event: 'refer' },
    });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ status: 403 });
  });
});

describe('a REFER outside a call', () => {
  async function refer(options: Partial<ReferOptions> & { about?: InviteSession } = {}) {
    const { bed, caller, callee } = await talking();
    const { refers, referrals } = referee(bed.bob);
    const { about, ...rest } = options;
    const seen = follow(
      bed.alice.refer({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:alice@a.example',
        referTo: CAROL,
        ...rest,
        ...(about === undefined ? {} : { about: caller }),
      }),
    );
    await bed.clock.advance(100);
    return { bed, caller, callee, refers, referrals, seen };
  }

  it('makes a dialog for its news', async () => {
    const { bed, caller, refers, referrals, seen } = await refer();
    expect(refers[0]?.session).toBeUndefined();
    void referrals[0]?.notify(404);
    await bed.clock.advance(100);
    expect(seen).toEqual(['accepted 200', '100 Trying', '404 Not Found', 'reported 404']);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('names the call it is about (RFC 4538)', async () => {
    const bed = await talking();
    const { refers } = referee(bed.bed.bob);
    bed.bed.alice.refer({ target: 'sip:bob@10.0.0.2', from: 'sip:a@a', referTo: CAROL, about: bed.caller });
    await bed.bed.clock.advance(100);
    expect(refers[0]?.session).toBe(bed.callee);
    expect(bed.bed.network.sent('REFER')[0]?.text).toContain('\r\nRequire: tdialog\r\n');
  });

  it('is refused where nobody handles it', async () => {
    const bed = await openTestBed();
    const seen = follow(bed.alice.refer({ target: 'sip:bob@10.0.0.2', from: 'sip:a@a', referTo: CAROL }));
    await bed.clock.advance(100);
    expect(seen).toEqual(['refused 405']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('REFERs over a bad network', () => {
  it('end once each, and leave nothing behind', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const bed = await openTestBed({ seed });
      const bob = answerCalls(bed, 100);
      const alice = call(bed);
      await bed.clock.advance(500);
      const [callee] = bob.sessions;
      if (callee === undefined) throw new Error('No call');
      const random = new SeededRandom(seed);
      const tell = (refer: IncomingRefer): void => {
        if (random.next() < 0.2) {
          refer.reply(603);
          return;
        }
        const referral = refer.accept();
        bed.clock.setTimeout(() => void referral.notify(180), random.next() * 5000);
        if (random.next() < 0.8)
          bed.clock.setTimeout(() => void referral.notify(random.next() < 0.5 ? 200 : 486), random.next() * 20_000);
      };
      callee.on('refer', tell);
      bed.bob.on('refer', tell);
      bed.network.fate = () =>
        random.next() < 0.25 ? [] : [random.next() * 400, ...(random.next() < 0.2 ? [1500] : [])];
      const refers = [
        alice.session().refer({ referTo: CAROL }),
        alice.session().refer({ referTo: CAROL, subscribe: random.next() < 0.5 }),
        bed.alice.refer({ target: 'sip:bob@10.0.0.2', from: 'sip:a@a', referTo: CAROL }),
      ];
      const seen = refers.map(follow);
      bed.clock.setTimeout(() => refers[Math.floor(random.next() * 3)]?.unsubscribe(), random.next() * 30_000);
      bed.clock.setTimeout(() => void alice.session().bye(), random.next() * 60_000);
      await bed.clock.advance(60_000);
      bed.network.fate = () => [5];
      for (const refer of refers) refer.unsubscribe();
      await bed.clock.advance(600_000);
      for (const lines of seen)
        expect(lines.filter((line) => /^(refused|reported|unknown|accepted$)/.test(line))).toHaveLength(1);
      expect(await bed.leftovers()).toEqual({});
      expect(bed.errors).toEqual([]);
    }
  }, 60_000);
});

describe('a status fragment', () => {
  it('is a status line with header fields', () => {
    const text = buildStatusFragment(503, { headers: { Warning: '399 x "y\r\nEvil: 1"' } });
    expect(text).toBe('SIP/2.0 503 Service Unavailable\r\nWarning: 399 x "y Evil: 1"\r\n');
    expect(parseStatusFragment(text)).toEqual({ status: 503, reason: 'Service Unavailable' });
  });

  it.each([
    ['SIP/2.0 100', { status: 100, reason: '' }],
    ['SIP/2.0 200 \n', { status: 200, reason: '' }],
    ['HTTP/1.1 200 OK', undefined],
    ['SIP/2.0 2000 OK', undefined],
    ['', undefined],
  ])('%j reads as %j', (text, expected) => {
    expect(parseStatusFragment(text)).toEqual(expected);
  });
});
