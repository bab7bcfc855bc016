import { dialogOfPeer, type InviteSession, type OutgoingRefer, type ReferEnd } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP, type Phone } from '../testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(16_040);

const reported = (refer: OutgoingRefer): Promise<ReferEnd> =>
  new Promise((settle) => void refer.on('ended', (end) => settle(end)));

/** A phone calls a number whose phone answers. */
async function talk(
  caller: Phone,
  callee: Phone,
  number: string,
): Promise<{ near: InviteSession; far: InviteSession }> {
  const before = callee.invites.length;
  const result = outcome(caller.call(number));
  const invite = await until('the INVITE', () => callee.invites[before]);
  const far = invite.accept({ sdp: PHONE_SDP });
  const { session: near } = await result;
  if (near === undefined || far === undefined) throw new Error('Not answered');
  return { near, far };
}

/** No call, dialog or endpoint is left behind. */
async function nothingIsLeft(): Promise<void> {
  const { organisationId } = bench.organisation;
  await until('the end of all calls', async () => {
    const list = await bench.bus.call('call.list', { organisationId });
    return list.ok && list.calls.length === 0 && bench.media.open.size === 0;
  });
  await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
}

describe('a REFER that cannot be done as it says', () => {
  it.each([
    ['another request than a call (RFC 3515 §2.4.2)', (domain: string) => `<sip:1003@${domain};method=BYE>`, 603],
    ['a call to a domain that we do not reach', () => '<sip:1003@elsewhere.example>', 404],
  ])('asks for %s: it is refused, nobody is called, and the call goes on', async (_name, target, status) => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { near, far } = await talk(alice, bob, '1002');
    const end = await reported(near.refer({ referTo: target(bench.organisation.domain) }));
    expect(end).toMatchObject({ kind: 'refused', failure: { status } });
    expect(carol.invites).toHaveLength(0);
    expect([near.state, far.state]).toEqual(['confirmed', 'confirmed']);
    void near.bye();
    await nothingIsLeft();
  });
});

describe('an attended transfer', () => {
  it('connects whom the transferor talked to, shows each the other, and lets the transferor go (RFC 5589 §7)', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const first = await talk(bob, alice, '1001');
    const second = await talk(alice, carol, '1003');
    const over = Promise.all([ended(first.far), ended(second.near)]);
    const { domain } = bench.organisation;
    const end = await reported(
      first.far.refer({ referTo: { target: `sip:1003@${domain}`, replaces: dialogOfPeer(second.near) } }),
    );
    expect(end).toMatchObject({ kind: 'reported', status: 200 });
    await over;
    expect([first.near.state, second.far.state]).toEqual(['confirmed', 'confirmed']);
    await until('the news at both', () => bob.last('UPDATE') !== undefined && carol.last('UPDATE') !== undefined);
    expect(bob.last('UPDATE')?.header('P-Asserted-Identity')).toBe(`"User 1003" <sip:1003@${domain}>`);
    expect(carol.last('UPDATE')?.header('P-Asserted-Identity')).toBe(`"User 1002" <sip:1002@${domain}>`);
    const [atBob, atCarol] = [bob, carol].map((one) => one.last('UPDATE')?.header('Session-ID')?.split(';remote='));
    expect(atBob).toEqual([...(atCarol ?? [])].reverse());
    const gone = ended(second.far);
    void first.near.bye();
    await gone;
    await nothingIsLeft();
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered' });
  });

  it.each(['attended', 'blind'])(
    'of a party that was put on hold takes it off hold, and ends its music (%s)',
    async (kind) => {
      const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
      const first = await talk(bob, alice, '1001');
      const offers: string[] = [];
      first.near.on('reinvite', (offer) => {
        offers.push(/a=(sendrecv|sendonly)/.exec(offer.offer ?? '')?.[1] ?? 'none');
        offer.accept({ sdp: PHONE_SDP });
      });
      await first.far.reinvite({ sdp: PHONE_SDP.replace('a=sendrecv', 'a=sendonly') });
      await until('hold', () => offers.at(-1) === 'sendonly');
      const lastSound = () => bench.media.commanded.findLast((what) => what === 'play' || what === 'stop-play');
      await until('the music', () => lastSound() === 'play');
      const { domain } = bench.organisation;
      if (kind === 'attended') {
        const second = await talk(alice, carol, '1003');
        // A phone in a browser names itself so; Replaces says who is meant.
        const referTo = { target: 'sip:k3jd8s@x7f3q.invalid', replaces: dialogOfPeer(second.near) };
        expect(await reported(first.far.refer({ referTo }))).toMatchObject({ status: 200 });
      } else {
        const order: string[] = [];
        const end = reported(first.far.refer({ referTo: `sip:1003@${domain}` }));
        void end.then(() => order.push('news'));
        const gone = ended(first.far).then(() => order.push('BYE'));
        (await ringing(carol)).accept({ sdp: PHONE_SDP });
        expect(await end).toMatchObject({ status: 200 });
        await gone;
        expect(order).toEqual(['news', 'BYE']);
      }
      await until('the end of the hold', () => offers.at(-1) === 'sendrecv');
      await until('the end of the music', () => lastSound() === 'stop-play');
      void first.near.bye();
      await nothingIsLeft();
    },
  );

  it('into a call of somebody else is refused, and changes nothing', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const first = await talk(bob, alice, '1001');
    const foreign = await talk(carol, bob, '1002');
    const end = await reported(
      first.far.refer({ referTo: { target: 'sip:x@y.test', replaces: dialogOfPeer(foreign.near) } }),
    );
    expect(end).toMatchObject({ kind: 'reported', status: 481 });
    expect([first.near.state, foreign.near.state]).toEqual(['confirmed', 'confirmed']);
    void first.near.bye();
    void foreign.near.bye();
    await nothingIsLeft();
  });

  it('while the consulted party rings lets the other one wait for them', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const first = await talk(bob, alice, '1001');
    const consulting = alice.call('1003');
    let early: InviteSession | undefined;
    consulting.on('progress', (_response, _sdp, about) => {
      early = about.dialog;
    });
    (await ringing(carol)).progress(180);
    const dialog = await until('the early dialog', () => early);
    const end = reported(first.far.refer({ referTo: { target: 'sip:1003@x.test', replaces: dialogOfPeer(dialog) } }));
    const again = await until('the second INVITE', () => carol.invites[1]);
    const far = again.accept({ sdp: PHONE_SDP });
    expect(await end).toMatchObject({ kind: 'reported', status: 200 });
    expect(again.request.header('Referred-By')).toBe(`<sip:1001@${bench.organisation.domain}>`);
    const gone = ended(first.near);
    void far?.bye();
    await gone;
    await nothingIsLeft();
  });
});

describe('a blind transfer', () => {
  it('tells how it goes, says who sent the call, and comes back where nobody answers', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    bench.bus.handle('voice-app.start', () => ({ ok: false, code: 'VOICE_APP.FULL' }));
    const { near, far } = await talk(bob, alice, '1001');
    const { domain } = bench.organisation;
    const news: number[] = [];
    const refer = far.refer({ referTo: `<sip:1003@${domain}>`, referredBy: `<sip:1001@${domain}>;cid="x@y"` });
    refer.on('progress', (status) => void news.push(status));
    const end = reported(refer);
    const invite = await ringing(carol);
    expect(invite.request.header('Referred-By')).toBe(`<sip:1001@${domain}>;cid="x@y"`);
    expect(invite.request.headers('History-Info')).toHaveLength(2);
    invite.progress(180);
    await until('180', () => news.includes(180));
    invite.reject(486);
    expect(await end).toMatchObject({ kind: 'reported', status: 503 });
    expect([near.state, far.state]).toEqual(['confirmed', 'confirmed']);
    void near.bye();
    await nothingIsLeft();
  });

  it('of a party that hangs up before the next one answers: who transferred hears that, and then its BYE', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { near, far } = await talk(bob, alice, '1001');
    const order: string[] = [];
    const end = reported(far.refer({ referTo: `sip:1003@${bench.organisation.domain}` }));
    void end.then(() => order.push('news'));
    const gone = ended(far).then(() => order.push('BYE'));
    const rings = await ringing(carol);
    rings.progress(180);
    void near.bye();
    await gone;
    // RFC 3515 §2.4.5: its INVITE was cancelled for it.
    expect([order, await end]).toMatchObject([['news', 'BYE'], { kind: 'reported', status: 487 }]);
    expect(alice.last('NOTIFY')?.header('Subscription-State')).toBe('terminated;reason=noresource');
    await until('the CANCEL', () => rings.state === 'cancelled');
    await nothingIsLeft();
  });

  it.each([
    ['the name of our own machine', () => 'localhost'],
    ["the domain with the root's dot (RFC 1034 §3.1)", (domain: string) => `${domain}.`],
  ])('to a number at %s goes where a call to it would go', async (_what, host) => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { near, far } = await talk(bob, alice, '1001');
    const end = reported(far.refer({ referTo: `sip:1003@${host(bench.organisation.domain)}` }));
    (await ringing(carol)).accept({ sdp: PHONE_SDP });
    expect(await end).toMatchObject({ kind: 'reported', status: 200 });
    void near.bye();
    await nothingIsLeft();
  });
});

describe('a caller whose call rings still', () => {
  it('has nobody to send on: the reference is refused for now, the call rings on, and is sent on once it is answered', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const call = alice.call('1002');
    const result = outcome(call);
    const rings = await ringing(bob);
    rings.progress(180);
    const early = await until('the early dialog', () => call.earlyDialogs[0]);
    const referTo = `sip:1003@${bench.organisation.domain}`;
    // RFC 5057 §5.1: 491 is about this request alone.
    expect((await early.refer({ referTo }).response).status).toBe(491);
    expect([rings.state, carol.invites.length]).toEqual(['ringing', 0]);
    const far = rings.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    if (session === undefined || far === undefined) throw new Error('Not answered');
    const end = reported(session.refer({ referTo }));
    const other = (await ringing(carol)).accept({ sdp: PHONE_SDP });
    expect(await end).toMatchObject({ kind: 'reported', status: 200 });
    void other?.bye();
    await nothingIsLeft();
  });
});

describe('an INVITE with Replaces (RFC 3891)', () => {
  it('picks up what rings at another phone of the same user', async () => {
    const [alice, desk, soft] = [
      await bench.phone('1001'),
      await bench.phone('1002'),
      await bench.phone('1002', { register: false }),
    ];
    const result = outcome(alice.call('1002'));
    const invite = await ringing(desk);
    invite.progress(180);
    const { callId, toTag, fromTag } = dialogOfPeer(invite.dialog);
    const headers = { Replaces: `${callId};to-tag=${toTag};from-tag=${fromTag};early-only` };
    const picked = await outcome(soft.call('1001', PHONE_SDP, { headers }));
    expect(picked.status).toBe(200);
    const { session } = await result;
    await until('the CANCEL', () => invite.state === 'cancelled');
    if (session === undefined || picked.session === undefined) throw new Error('Not connected');
    const gone = ended(picked.session);
    void session.bye();
    await gone;
    await nothingIsLeft();
  });

  it('takes an answered call over to another phone, and the other side is told nothing new', async () => {
    const [alice, desk, soft] = [
      await bench.phone('1001'),
      await bench.phone('1002'),
      await bench.phone('1002', { register: false }),
    ];
    const { near, far } = await talk(alice, desk, '1002');
    const { callId, toTag, fromTag } = dialogOfPeer(far);
    const over = ended(far);
    const replaces = `${callId};to-tag=${toTag};from-tag=${fromTag}`;
    const busy = await outcome(soft.call('1001', PHONE_SDP, { headers: { Replaces: `${replaces};early-only` } }));
    expect(busy.status).toBe(486);
    const taken = await outcome(soft.call('1001', PHONE_SDP, { headers: { Replaces: replaces } }));
    expect(taken.status).toBe(200);
    await over;
    expect(near.state).toBe('confirmed');
    if (taken.session === undefined) throw new Error('Not taken over');
    const gone = ended(taken.session);
    void near.bye();
    await gone;
    await nothingIsLeft();
  });

  it('of a stranger to the call is refused, and an unknown dialog has none', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { near, far } = await talk(alice, bob, '1002');
    const { callId, toTag, fromTag } = dialogOfPeer(far);
    const replaces = `${callId};to-tag=${toTag};from-tag=${fromTag}`;
    expect((await outcome(carol.call('1001', PHONE_SDP, { headers: { Replaces: replaces } }))).status).toBe(403);
    const unknown = `${callId};to-tag=x;from-tag=${fromTag}`;
    expect((await outcome(carol.call('1001', PHONE_SDP, { headers: { Replaces: unknown } }))).status).toBe(481);
    expect(near.state).toBe('confirmed');
    void near.bye();
    await nothingIsLeft();
  });
});

describe('a phone that sends a call on (3xx)', () => {
  it('is followed to numbers of ours, with the history of it', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { domain } = bench.organisation;
    const result = outcome(alice.call('1002'));
    (await ringing(bob)).reject(302, { headers: { Contact: `<sip:1003@${domain}>` } });
    const invite = await ringing(carol);
    expect(invite.request.headers('History-Info')).toEqual([
      `<sip:1002@${domain}?Reason=SIP%3Bcause%3D302>;index=1`,
      `<sip:1003@${domain};cause=302>;index=1.1;mp=1`,
    ]);
    expect(invite.request.header('Diversion')).toBe(
      `"User 1002" <sip:1002@${domain}>;reason=unconditional;counter=1;privacy=off`,
    );
    const far = invite.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    const gone = session === undefined ? undefined : ended(session);
    void far?.bye();
    await gone;
    await nothingIsLeft();
  });

  it('by REFER while it rings is followed likewise, and told how it went (RFC 5589 §6)', async () => {
    const [alice, bob, carol] = [await bench.phone('1001'), await bench.phone('1002'), await bench.phone('1003')];
    const { domain } = bench.organisation;
    const result = outcome(alice.call('1002'));
    const rings = await ringing(bob);
    rings.progress(180);
    await until('the ringing', () => rings.dialog);
    const refused = await rings.dialog?.refer({ referTo: 'sip:0900@expensive.test' }).response;
    expect(refused?.status).toBe(404);
    // Nothing but a call is sent for others (RFC 3515 §2.4.2).
    const another = await rings.dialog?.refer({ referTo: `<sip:1003@${domain};method=MESSAGE>` }).response;
    expect(another?.status).toBe(603);
    expect(carol.invites).toHaveLength(0);
    const reference = rings.dialog?.refer({ referTo: `sip:1003@${domain}` });
    expect((await reference?.response)?.ok).toBe(true);
    const invite = await ringing(carol);
    expect(invite.request.header('Diversion')).toContain(`<sip:1002@${domain}>;reason=`);
    await until('the CANCEL', () => rings.state === 'cancelled');
    const far = invite.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    const gone = session === undefined ? undefined : ended(session);
    void far?.bye();
    await gone;
    await nothingIsLeft();
  });

  it('in a ring comes to an end, and to a foreign server is not followed', async () => {
    const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
    const { domain } = bench.organisation;
    const ring = outcome(alice.call('1002'));
    (await ringing(bob)).reject(302, { headers: { Contact: `<sip:1002@${domain}>` } });
    expect((await ring).status).toBe(482);
    const foreign = outcome(alice.call('1002'));
    (await until('the second INVITE', () => bob.invites[1])).reject(302, {
      headers: { Contact: '<sip:0900@expensive.test>' },
    });
    expect((await foreign).status).toBe(480);
    await nothingIsLeft();
  });
});
