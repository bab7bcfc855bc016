import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { TestBed } from '../testing/test-bed.js';
import { ANSWER, SDP, answerCalls, call, openTestBed } from '../testing/test-bed.js';

const SDP_2 = SDP.replace('1 1 IN', '1 2 IN');

async function talking(
  options: Parameters<typeof openTestBed>[0] = {},
): Promise<{ bed: TestBed; caller: InviteSession; callee: InviteSession; lines: string[] }> {
  const bed = await openTestBed(options);
  const bob = answerCalls(bed, 100);
  const alice = call(bed);
  await bed.clock.advance(200);
  const callee = bob.sessions[0];
  if (callee === undefined) throw new Error('No session');
  const lines: string[] = [];
  const caller = alice.session();
  caller.on('ended', (end) => lines.push(`caller ${end.kind} by ${end.by}`));
  callee.on('ended', (end) => lines.push(`callee ${end.kind} by ${end.by}`));
  return { bed, caller, callee, lines };
}

describe('re-INVITE', () => {
  it('changes the session and moves both descriptions', async () => {
    const { bed, caller, callee } = await talking();
    callee.on('reinvite', (offer) => offer.accept({ sdp: ANSWER }));
    const outcome = caller.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: true, status: 200, sdp: ANSWER });
    expect(callee.remoteSdp).toBe(SDP_2);
    expect(caller.localSdp).toBe(SDP_2);
    void callee.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('may be refused without harm', async () => {
    const { bed, caller, callee, lines } = await talking();
    callee.on('reinvite', (offer) => offer.reject(488));
    const outcome = caller.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: false, status: 488 });
    expect(lines).toEqual([]);
    expect(caller.localSdp).toBe(SDP);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('without an offer gets one, and answers in the ACK', async () => {
    const { bed, caller, callee } = await talking();
    callee.on('reinvite', (offer) => offer.accept({ sdp: ANSWER }));
    const pending = caller.reinvite();
    await bed.clock.advance(100);
    const outcome = await pending;
    expect(outcome).toMatchObject({ ok: true, sdp: ANSWER });
    if (outcome.ok) outcome.acknowledge({ sdp: SDP_2 });
    await bed.clock.advance(100);
    expect(callee.remoteSdp).toBe(SDP_2);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('from both sides at once ends with both done (RFC 3261 §14.1)', async () => {
    const { bed, caller, callee } = await talking();
    caller.on('reinvite', (offer) => offer.accept({ sdp: SDP_2 }));
    callee.on('reinvite', (offer) => offer.accept({ sdp: ANSWER }));
    const both = [caller.reinvite({ sdp: SDP_2 }), callee.reinvite({ sdp: ANSWER })];
    await bed.clock.advance(10_000);
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true]);
    expect(bed.network.sent('SIP/2.0 491').length).toBeGreaterThan(0);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('is ended by a BYE that comes while it waits', async () => {
    const { bed, caller, callee, lines } = await talking();
    callee.on('reinvite', () => undefined);
    const outcome = caller.reinvite({ sdp: SDP_2 });
    await bed.clock.advance(50);
    void caller.bye();
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: false, status: 487 });
    expect(lines).toEqual(['caller bye by local', 'callee bye by remote']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('other requests in a session', () => {
  it('carries UPDATE, INFO, REFER and NOTIFY to their handlers', async () => {
    const { bed, caller, callee } = await talking();
    const seen: string[] = [];
    callee.on('update', (offer) => {
      seen.push(`UPDATE ${offer.offer === SDP_2}`);
      offer.accept({ sdp: ANSWER });
    });
    callee.on('info', (request) => {
      seen.push(`INFO ${request.request.bodyText}`);
      request.reply(200);
    });
    callee.on('refer', (request) => {
      seen.push(`REFER ${request.request.address('Refer-To')?.uri}`);
      request.reply(202);
    });
    caller.on('notify', (request) => {
      seen.push(`NOTIFY ${request.request.header('Subscription-State')}`);
      request.reply(200);
    });
    const outcomes = [
      caller.update({ sdp: SDP_2 }),
      caller.info({ contentType: 'application/dtmf-relay', body: 'Signal=5' }),
      caller.refer({ referTo: '<sip:carol@c.example>' }).response,
      callee.notify({
        event: 'conference',
        subscriptionState: 'active',
        contentType: 'message/sipfrag',
        body: 'SIP/2.0 100',
      }),
    ];
    await bed.clock.advance(100);
    expect((await Promise.all(outcomes)).map(({ status }) => status)).toEqual([200, 200, 202, 200]);
    expect(seen).toEqual(['UPDATE true', 'INFO Signal=5', 'REFER sip:carol@c.example', 'NOTIFY active']);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('answers 405 to what nobody handles', async () => {
    const { bed, caller } = await talking();
    const outcome = caller.sendRequest({ method: 'MESSAGE', body: 'x', contentType: 'text/plain' });
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: false, status: 405 });
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('refuses a CSeq that goes back, and ends when the peer is silent', async () => {
    const { bed, caller, callee, lines } = await talking();
    const bye = bed.network.sent('ACK')[0]?.text.replace('ACK sip', 'INFO sip').replace('ACK\r\n', 'INFO\r\n') ?? '';
    const peer = bed.network.attach('10.0.0.9', 5060, () => undefined);
    peer(bye.replaceAll('z9hG4bK', 'z9hG4bKold'), '10.0.0.2:5060');
    await bed.clock.advance(10);
    expect(bed.network.sent('SIP/2.0 500')).toHaveLength(1);
    // Bob restarts and knows nothing of the call.
    bed.network.fate = () => [];
    void bed.bob.close();
    await bed.clock.advance(40_000);
    const info = caller.info({ contentType: 'text/plain', body: 'x' });
    await bed.clock.advance(40_000);
    expect(await info).toMatchObject({ ok: false, status: 408, cause: 'timeout' });
    expect(lines).toContain('caller lost by remote');
    expect(callee.state).toBe('ended');
  });
});

describe('session timers (RFC 4028)', () => {
  const agents = { sessionTimer: { expiresSeconds: 600, minimumSeconds: 90 } };

  it('are refreshed at half time for as long as both live', async () => {
    const { bed, caller, lines } = await talking({ agents });
    await bed.clock.advance(3_600_000);
    expect(lines).toEqual([]);
    expect(bed.network.sent('UPDATE').length).toBe(11);
    void caller.bye();
    expect(await bed.leftovers()).toEqual({});
  });

  it('end the call when the refresher is gone', async () => {
    const { bed, lines } = await talking({ agents });
    bed.network.fate = () => [];
    await bed.clock.advance(700_000);
    expect(lines).toEqual(['caller lost by remote', 'callee expired by local']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('are asked for again with a longer time after 422', async () => {
    const bed = await openTestBed();
    await bed.bob.close();
    const statuses: string[] = [];
    const send = bed.network.attach('10.0.0.2', 5060, (text) => {
      statuses.push(/Session-Expires: (.*)\r/.exec(text)?.[1] ?? text.split(' ')[0] ?? '');
      if (!text.startsWith('INVITE')) return;
      const copied = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      send(
        ['SIP/2.0 422 Too Small', ...copied, 'Min-SE: 1000', 'Content-Length: 0', '', ''].join('\n'),
        '10.0.0.1:5060',
      );
    });
    const lines: number[] = [];
    bed.alice
      .invite({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:alice@a.example',
        sdp: SDP,
        sessionTimer: { expiresSeconds: 600, minimumSeconds: 90 },
      })
      .on('rejected', (failure) => lines.push(failure.status));
    await bed.clock.advance(1000);
    expect(statuses).toEqual(['600', 'ACK', '1000', 'ACK']);
    expect(lines).toEqual([422]);
  });

  it('below our minimum are refused with 422', async () => {
    const bed = await openTestBed({ agents: { sessionTimer: { expiresSeconds: 600, minimumSeconds: 300 } } });
    answerCalls(bed, 100);
    const lines: string[] = [];
    bed.alice
      .invite({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:alice@a.example',
        sdp: SDP,
        sessionTimer: { expiresSeconds: 120, minimumSeconds: 90 },
      })
      .on('accepted', (session) => {
        lines.push('accepted');
        void session.bye();
      });
    await bed.clock.advance(2000);
    expect(bed.network.sent('SIP/2.0 422')).toHaveLength(1);
    expect(lines).toEqual(['accepted']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a forked INVITE', () => {
  it('keeps the first 2xx and ends the others (RFC 3261 §13.2.2.4)', async () => {
    const bed = await openTestBed();
    await bed.bob.close();
    const received: string[] = [];
    const send = bed.network.attach('10.0.0.2', 5060, (text) => {
      received.push(`${text.split(' ')[0]} ${/To: .*tag=(\w+)/.exec(text)?.[1] ?? ''}`);
      if (!text.startsWith('INVITE') && !text.startsWith('BYE')) return;
      const copied = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      const reply = (tag: string): void => {
        const head = copied.map((line) =>
          line.startsWith('To:') && !line.includes('tag=') ? `${line};tag=${tag}` : line,
        );
        const lines = ['SIP/2.0 200 OK', ...head, `Contact: <sip:${tag}@10.0.0.2>`, 'Content-Type: application/sdp'];
        send([...lines, `Content-Length: ${ANSWER.length}`, '', ANSWER].join('\r\n'), '10.0.0.1:5060');
      };
      if (text.startsWith('BYE')) reply('none');
      else for (const tag of ['first', 'second', 'first']) reply(tag);
    });
    const alice = call(bed);
    await bed.clock.advance(1000);
    expect(alice.diary.lines).toEqual(['accepted']);
    expect(received).toEqual(['INVITE ', 'ACK first', 'ACK second', 'BYE second', 'ACK first']);
    void alice.session().bye();
    await bed.clock.advance(100);
    expect(received.at(-1)).toBe('BYE first');
    expect(await bed.leftovers()).toEqual({});
  });
});
