import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, until } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks } from '../testing/trunk-bench.js';

const { bench, trunks } = useTrunks(16_020);

describe('a call out', () => {
  it('answers the 407 of the provider, shows a number of ours, and is an outbound call', async () => {
    const carrier = await trunks.provider({ credentials: { username: 'acme', password: 'secret' } });
    await trunks.add({
      host: '127.0.0.2',
      port: carrier.port,
      username: 'acme',
      passwordSealed: 'secret',
      outbound: OUT,
      inbound: [{ number: '+4930100', extension: '1001' }],
      callerNumber: '+49301',
      callerIdentity: 'user',
    });
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    const invite = await incoming(carrier);
    expect(invite.request.uriText).toMatch(/^sip:\+4930123@127\.0\.0\.2:/);
    expect(invite.request.from?.uri).toBe('sip:+4930100@127.0.0.2');
    expect(Buffer.from(invite.request.bytes).toString()).not.toContain(bench.organisation.domain);
    invite.progress(180);
    const session = invite.accept({ sdp: PHONE_SDP });
    const { status, session: caller } = await result;
    if (caller === undefined || session === undefined) throw new Error(`Not answered: ${status}`);
    const over = ended(caller);
    void session.bye();
    await over;
    expect(await bench.endedRecord()).toMatchObject({
      direction: 'outbound',
      toKind: 'external',
      toNumber: '030123',
      fromNumber: '1001',
      outcome: 'answered',
    });
  });

  it('goes to the next trunk where the first is silent or overloaded, and is told what the called party says', async () => {
    const broken = await trunks.provider();
    const good = await trunks.provider({ host: '127.0.0.3' });
    await trunks.add({ host: '127.0.0.2', port: broken.port, outbound: OUT, priority: 1 });
    await trunks.add({ host: '127.0.0.3', port: good.port, outbound: OUT, priority: 2 });
    const alice = await bench.phone('1001');
    const first = outcome(alice.call('030123'));
    (await incoming(broken)).reject(503);
    (await incoming(good)).reject(486);
    expect((await first).status).toBe(486);
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'busy', sipStatus: 486 });
    const second = outcome(alice.call('030124'));
    await until('the second call', () => broken.invites.length === 2);
    broken.invites[1]?.reject(404);
    expect((await second).status).toBe(404);
    expect(good.invites).toHaveLength(1);
  });

  it('is passed over to the next trunk where nothing answers within seconds', async () => {
    const silent = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: silent.port, outbound: OUT, priority: 1 });
    const good = await trunks.provider({ host: '127.0.0.3' });
    await trunks.add({ host: '127.0.0.3', port: good.port, outbound: OUT, priority: 2 });
    await silent.userAgent.close();
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    (await until('a call at the second', () => good.invites.at(-1))).accept({ sdp: PHONE_SDP });
    expect((await result).status).toBe(200);
  }, 20_000);

  it('over the limit of all trunks is refused', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: OUT, maxCalls: 1 });
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const first = alice.call('030123');
    (await incoming(carrier)).progress(180);
    expect((await outcome(bob.call('030124'))).status).toBe(503);
    first.cancel();
    expect((await outcome(first)).status).toBe(487);
    await until('the line to be free', async () => (await trunks.states())[0]?.calls === 0);
    void bob.call('030124');
    await until('the next call', () => carrier.invites.length === 2);
  });

  it('keeps who calls from a peer that is not trusted, and gives it to one that is', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: OUT, callerNumber: '+49301' });
    const alice = await bench.phone('1001');
    const hidden = alice.call('030123', PHONE_SDP, { headers: { Privacy: 'id' } });
    const { request } = await incoming(carrier);
    expect([request.has('P-Asserted-Identity'), request.from?.uri]).toEqual([false, 'sip:anonymous@anonymous.invalid']);
    hidden.cancel();
    await outcome(hidden);
    const friend = await trunks.provider({ host: '127.0.0.3' });
    const friendly = [{ pattern: '9.', strip: 0, prepend: '' }];
    await trunks.add({
      host: '127.0.0.3',
      port: friend.port,
      outbound: friendly,
      callerNumber: '+49301',
      trusted: true,
    });
    const known = alice.call('9123', PHONE_SDP, { headers: { Privacy: 'id' } });
    const asserted = (await incoming(friend)).request;
    expect(asserted.header('P-Asserted-Identity')).toBe('"User 1001" <sip:+49301@127.0.0.3>');
    expect([asserted.header('Privacy'), asserted.from?.uri]).toEqual(['id', 'sip:anonymous@anonymous.invalid']);
    known.cancel();
    await outcome(known);
  });
});
