import { describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { ProxyTarget } from '../api/routed-request.js';
import { PROXY, call, leftovers, openProxyBed, ring } from '../testing/proxy-bed.js';
import { ANSWER, SDP } from '../testing/test-bed.js';

describe('a proxied call', () => {
  it('rings, is answered and ends through the proxy, which stays in the path by its Record-Route', async () => {
    const bed = await openProxyBed();
    const bob = ring(bed, '10.0.0.2', { after: 500, status: 200 });
    const alice = call(bed);
    await bed.clock.advance(1000);
    expect(alice.lines).toEqual(['180', 'accepted']);
    void alice.session?.bye();
    await bed.clock.advance(100);
    expect(bob).toEqual(['rings', 'accepts', 'ended by remote']);
    expect(bed.passed).toEqual(['ACK', 'BYE']);
    expect(bed.outcomes.map(({ status, target }) => [status, target?.uri])).toEqual([[200, 'sip:bob@10.0.0.2']]);
    const forwarded = bed.network.log.find(({ from, text }) => from.startsWith(PROXY) && text.startsWith('INVITE'));
    expect(forwarded?.text).toMatch(/^INVITE sip:bob@10\.0\.0\.2 SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP 10\.0\.0\.9/);
    expect(forwarded?.text).toMatch(/\r\nRecord-Route: <sip:10\.0\.0\.9:5060;lr;ck=[0-9a-f]{16}>\r\n/);
    expect(forwarded?.text).toContain('\r\nMax-Forwards: 69\r\n');
    expect(forwarded?.text).toContain('\r\nMax-Breadth: 60\r\n');
    expect(await leftovers(bed)).toEqual({});
    expect(bed.errors).toEqual([]);
  });

  it('ends by the callee too, and carries re-INVITEs both ways', async () => {
    const bed = await openProxyBed();
    let callee: InviteSession | undefined;
    bed.phone('10.0.0.2').on('invite', (invite) => {
      callee = invite.accept({ sdp: ANSWER });
      callee?.on('reinvite', (offer) => offer.accept({ sdp: ANSWER }));
    });
    const alice = call(bed);
    await bed.clock.advance(1000);
    expect(await Promise.race([alice.session?.reinvite({ sdp: SDP }), bed.clock.advance(2000)])).toMatchObject({});
    void callee?.bye();
    await bed.clock.advance(1000);
    expect(alice.lines).toEqual(['accepted', 'ended by remote']);
    expect(bed.passed).toEqual(['ACK', 'INVITE', 'ACK', 'BYE']);
    expect(await leftovers(bed)).toEqual({});
  });

  it.each([
    [486, 'rejected 486'],
    [603, 'rejected 603'],
    [503, 'rejected 500'],
  ])('gives a %i of its only phone back as §16.7 says', async (status, line) => {
    const bed = await openProxyBed();
    ring(bed, '10.0.0.2', { after: 100, status });
    const alice = call(bed);
    await bed.clock.advance(3000);
    expect(alice.lines).toEqual(['180', line]);
    expect(await leftovers(bed)).toEqual({});
  });

  it('is given up with 408 when nobody is there, and CANCEL before any response ends it with 487', async () => {
    const bed = await openProxyBed();
    bed.plan = { targets: [{ uri: 'sip:nobody@10.0.0.77' }] };
    const silent = call(bed);
    await bed.clock.advance(40_000);
    expect(silent.lines).toEqual(['rejected 408']);
    const hasty = call(bed);
    await bed.clock.advance(1000);
    hasty.cancel();
    await bed.clock.advance(600);
    expect(hasty.lines).toEqual(['rejected 487']);
    expect(bed.outcomes.map(({ status, cancelled }) => [status, cancelled])).toEqual([
      [408, false],
      [487, true],
    ]);
    expect(await leftovers(bed)).toEqual({});
  });
});

describe('forking', () => {
  const both: readonly ProxyTarget[] = [{ uri: 'sip:bob@10.0.0.2' }, { uri: 'sip:bob@10.0.0.3' }];

  it('calls the loser off with a Reason when the other phone answers', async () => {
    const bed = await openProxyBed();
    bed.plan = { targets: both };
    const winner = ring(bed, '10.0.0.2', { after: 500, status: 200 });
    const loser = ring(bed, '10.0.0.3', { after: 5000, status: 200 });
    const alice = call(bed);
    await bed.clock.advance(8000);
    expect(alice.lines).toEqual(['180', '180', 'accepted']);
    expect(winner).toEqual(['rings', 'accepts']);
    expect(loser).toEqual(['rings', 'cancelled 200']);
    void alice.session?.bye();
    expect(await leftovers(bed)).toEqual({});
  });

  it('tries lower q later, and asks nobody more after a 6xx', async () => {
    const bed = await openProxyBed();
    bed.plan = {
      targets: [
        { uri: 'sip:bob@10.0.0.3', q: 0.2 },
        { uri: 'sip:bob@10.0.0.2', q: 0.9 },
      ],
    };
    ring(bed, '10.0.0.2', { after: 100, status: 486 });
    const second = ring(bed, '10.0.0.3', { after: 100, status: 200 });
    const alice = call(bed);
    await bed.clock.advance(1000);
    expect(alice.lines).toEqual(['180', '180', 'accepted']);
    expect(second).toEqual(['rings', 'accepts']);
    void alice.session?.bye();
    await bed.clock.advance(1000);

    ring(bed, '10.0.0.2', { after: 100, status: 603 });
    const again = call(bed);
    await bed.clock.advance(1000);
    expect(again.lines).toEqual(['180', 'rejected 603']);
    expect(second).toEqual(['rings', 'accepts', 'ended by remote']);
    expect(await leftovers(bed)).toEqual({});
  });

  it('goes on to the next ones when a group rings too long', async () => {
    const bed = await openProxyBed();
    bed.plan = { targets: both, sequential: true, ringMilliseconds: 5000 };
    const first = ring(bed, '10.0.0.2', { after: 90_000, status: 200 });
    const second = ring(bed, '10.0.0.3', { after: 100, status: 200 });
    const alice = call(bed);
    await bed.clock.advance(7000);
    expect(first).toEqual(['rings', 'cancelled 408']);
    expect(second).toEqual(['rings', 'accepts']);
    void alice.session?.bye();
    expect(await leftovers(bed)).toEqual({});
  });

  it('that nobody answers in time fails with 408, not as if the caller had cancelled', async () => {
    const bed = await openProxyBed();
    bed.plan = { ringMilliseconds: 5000 };
    ring(bed, '10.0.0.2', { after: 90_000, status: 200 });
    const alice = call(bed);
    await bed.clock.advance(7000);
    expect(alice.lines).toEqual(['180', 'rejected 408']);
    expect(bed.outcomes).toMatchObject([{ status: 408, cancelled: false }]);
    expect(await leftovers(bed)).toEqual({});
  });

  it.each([
    ['is busy', { after: 100, status: 486 }, 486],
    ['does not answer', { after: 90_000, status: 200 }, 408],
  ])('is taken over by our own user agent when the phone %s', async (_, phone, status) => {
    const bed = await openProxyBed();
    const asked: number[] = [];
    bed.plan = {
      ringMilliseconds: 5000,
      takeOver: (outcome) => {
        asked.push(outcome.status);
        return true;
      },
    };
    ring(bed, '10.0.0.2', phone);
    const mailbox: InviteSession[] = [];
    bed.proxy.on('invite', (invite) => {
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) mailbox.push(session);
    });
    const alice = call(bed);
    await bed.clock.advance(7000);
    expect(alice.lines).toEqual(['180', 'accepted']);
    expect(asked).toEqual([status]);
    expect(bed.outcomes).toEqual([]);
    void mailbox[0]?.bye();
    await bed.clock.advance(1000);
    expect(alice.lines.at(-1)).toBe('ended by remote');
    expect(await leftovers(bed)).toEqual({});
  });

  it('that was taken over can still be cancelled, and is not taken over once it was', async () => {
    const bed = await openProxyBed();
    const lines: string[] = [];
    bed.plan = { takeOver: () => true };
    bed.proxy.on('invite', (invite) => invite.onCancelled(() => lines.push('cancelled')));
    ring(bed, '10.0.0.2', { after: 500, status: 486 });
    const late = call(bed);
    await bed.clock.advance(2000);
    late.cancel();
    await bed.clock.advance(1000);
    expect([late.lines.at(-1), lines]).toEqual(['rejected 487', ['cancelled']]);
    const early = call(bed);
    await bed.clock.advance(200);
    early.cancel();
    await bed.clock.advance(1000);
    expect([early.lines.at(-1), lines]).toEqual(['rejected 487', ['cancelled']]);
    expect(await leftovers(bed)).toEqual({});
  });

  it("passes the caller's CANCEL on to every phone with its reason", async () => {
    const bed = await openProxyBed();
    bed.plan = { targets: both };
    const phones = [
      ring(bed, '10.0.0.2', { after: 60_000, status: 200 }),
      ring(bed, '10.0.0.3', { after: 60_000, status: 200 }),
    ];
    const alice = call(bed);
    await bed.clock.advance(1000);
    alice.cancel();
    await bed.clock.advance(1000);
    expect(alice.lines.at(-1)).toMatch(/^rejected/);
    expect(phones.map((lines) => lines[1]?.startsWith('cancelled'))).toEqual([true, true]);
    expect(bed.outcomes).toMatchObject([{ status: 487, cancelled: true }]);
    expect(await leftovers(bed)).toEqual({});
  });

  it('follows a 3xx where the policy lets it, and gives it back where not', async () => {
    const bed = await openProxyBed();
    bed.phone('10.0.0.2').on('invite', (invite) => invite.reject(302, { headers: { Contact: '<sip:bob@10.0.0.3>' } }));
    ring(bed, '10.0.0.3', { after: 100, status: 200 });
    const refused = call(bed);
    await bed.clock.advance(1000);
    expect(refused.lines).toEqual(['rejected 302']);
    bed.plan = {
      recurse: (response) => response.contacts.flatMap((contact) => (contact.wildcard ? [] : [{ uri: contact.uri }])),
    };
    const alice = call(bed);
    await bed.clock.advance(1000);
    expect(alice.lines).toEqual(['180', 'accepted']);
    void alice.session?.bye();
    expect(await leftovers(bed)).toEqual({});
  });
});
