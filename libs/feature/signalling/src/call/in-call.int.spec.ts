import type { IncomingOffer } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(16_060);
const held = PHONE_SDP.replace('a=sendrecv', 'a=sendonly');

async function nothingIsLeft(): Promise<void> {
  const { organisationId } = bench.organisation;
  await until('the end of all calls', async () => {
    const list = await bench.bus.call('call.list', { organisationId });
    return list.ok && list.calls.length === 0 && bench.media.open.size === 0;
  });
  await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
}

describe('within a call', () => {
  it('hold and resume reach the other phone as the direction of an offer', async () => {
    const { caller, callee } = await bench.talking();
    const offers: string[] = [];
    callee.on('reinvite', (offer) => {
      offers.push(/a=(sendrecv|sendonly|recvonly|inactive)/.exec(offer.offer ?? '')?.[1] ?? 'none');
      offer.accept({ sdp: PHONE_SDP });
    });
    await caller.reinvite({ sdp: held });
    await until('hold', () => offers.at(-1) === 'sendonly');
    await caller.reinvite({ sdp: held });
    await caller.reinvite({ sdp: PHONE_SDP });
    await until('resume', () => offers.at(-1) === 'sendrecv');
    await caller.reinvite({ sdp: PHONE_SDP.replace('c=IN IP4 127.0.0.1', 'c=IN IP4 0.0.0.0') });
    await until('hold the old way', () => offers.length === 3);
    expect(offers).toEqual(['sendonly', 'sendrecv', 'sendonly']);
    void caller.bye();
    await nothingIsLeft();
  });

  it('who is put on hold hears music, whatever way the phone says it; resumed, none; who holds hears none', async () => {
    const { caller, callee } = await bench.talking();
    const offers: string[] = [];
    callee.on('reinvite', (offer) => {
      offers.push(/a=(sendrecv|sendonly|recvonly|inactive)/.exec(offer.offer ?? '')?.[1] ?? 'none');
      offer.accept({ sdp: PHONE_SDP });
    });
    const plays = () => bench.media.commanded.filter((what) => what === 'play' || what === 'stop-play');
    for (const way of [
      held,
      PHONE_SDP.replace('a=sendrecv', 'a=inactive'),
      PHONE_SDP.replace('c=IN IP4 127.0.0.1', 'c=IN IP4 0.0.0.0'),
    ]) {
      const before = plays().length;
      await caller.reinvite({ sdp: way });
      await until('the music', () => plays().length === before + 1);
      await until('the offer', () => offers.at(-1) === 'sendonly');
      await caller.reinvite({ sdp: PHONE_SDP });
      await until('its end', () => plays().length === before + 2);
      await until('the offer of the resume', () => offers.at(-1) === 'sendrecv');
      expect(plays().slice(before)).toEqual(['play', 'stop-play']);
    }
    void caller.bye();
    await nothingIsLeft();
  });

  it('who comes back from holding hears whether the other side still holds, too (RFC 3264 §6.1, §8.4)', async () => {
    const { caller, callee } = await bench.talking();
    const directionOf = (sdp = ''): string => /a=(sendrecv|sendonly|recvonly|inactive)/.exec(sdp)?.[1] ?? 'none';
    callee.on('reinvite', (offer) => {
      const direction = directionOf(offer.offer) === 'sendonly' ? 'a=recvonly' : 'a=sendrecv';
      offer.accept({ sdp: PHONE_SDP.replace('a=sendrecv', direction) });
    });
    const told = async (sdp: string): Promise<string> => {
      const outcome = await callee.reinvite({ sdp });
      return directionOf(outcome.ok ? outcome.sdp : '');
    };
    await caller.reinvite({ sdp: held });
    expect(await told(held)).toBe('inactive');
    expect(await told(PHONE_SDP)).toBe('sendonly');
    expect(await told(held)).toBe('inactive');
    await caller.reinvite({ sdp: PHONE_SDP });
    expect(await told(PHONE_SDP)).toBe('sendrecv');
    void caller.bye();
    await nothingIsLeft();
  });

  it('glare on one side is waited out there alone', async () => {
    const { caller, callee } = await bench.talking();
    let refused = 0;
    callee.on('reinvite', (offer) => {
      refused += 1;
      if (refused === 1) offer.reject(491);
      else offer.accept({ sdp: PHONE_SDP });
    });
    expect(await caller.reinvite({ sdp: held })).toMatchObject({ ok: true });
    // Answered before the other side is asked again.
    expect(refused).toBeLessThan(2);
    await until('the second attempt', () => refused === 2);
    void caller.bye();
    await nothingIsLeft();
  });

  it('text and picture requests pass, and their answers come back; other bodies do not', async () => {
    const { bob, caller, callee } = await bench.talking();
    callee.on('info', (incoming) => incoming.reply(200)).on('message', (incoming) => incoming.reply(202));
    const picture = await caller.info({ contentType: 'application/media_control+xml', body: '<media_control/>' });
    expect(picture.status).toBe(200);
    expect(bob.last('INFO')?.bodyText).toBe('<media_control/>');
    const text = await caller.sendRequest({
      method: 'MESSAGE',
      contentType: 'text/plain',
      body: 'Hello',
      headers: { Subject: 'Hi', Organization: 'x', 'X-Secret': 'y' },
    });
    expect(text.status).toBe(202);
    const message = bob.last('MESSAGE');
    expect([message?.bodyText, message?.header('Subject'), message?.has('X-Secret')]).toEqual(['Hello', 'Hi', false]);
    const cpim = { contentType: 'message/cpim', body: 'From: <im:a@b>\r\n\r\nContent-Type: text/plain\r\n\r\nHello' };
    expect((await caller.sendRequest({ method: 'MESSAGE', ...cpim })).status).toBe(202);
    expect((await caller.info({ contentType: 'application/evil', body: 'x' })).status).toBe(415);
    expect(
      (await caller.sendRequest({ method: 'MESSAGE', contentType: 'text/plain', body: 'x'.repeat(2000) })).status,
    ).toBe(413);
    void caller.bye();
    await nothingIsLeft();
  });
});

describe('nothing is left behind when', () => {
  it('one hangs up while the other is being re-invited', async () => {
    const { caller, callee } = await bench.talking();
    let open: IncomingOffer | undefined;
    callee.on('reinvite', (offer) => {
      open = offer;
    });
    void caller.reinvite({ sdp: held });
    await until('the re-INVITE', () => open);
    const over = ended(callee);
    void caller.bye();
    await over;
    await nothingIsLeft();
  });

  it('both hang up at once', async () => {
    const { caller, callee } = await bench.talking();
    const over = Promise.all([ended(caller), ended(callee)]);
    void caller.bye();
    void callee.bye();
    await over;
    await nothingIsLeft();
  });

  it('a cancellation crosses the answer', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    for (const first of ['cancel', 'accept'] as const) {
      const before = bob.invites.length;
      const call = alice.call('1002');
      const result = outcome(call);
      call.on('progress', () => undefined);
      const invite = await until('the INVITE', () => bob.invites[before]);
      invite.progress(180);
      await until('180', () => call.state === 'proceeding');
      if (first === 'cancel') call.cancel();
      const far = invite.accept({ sdp: PHONE_SDP });
      if (first === 'accept') call.cancel();
      const { session } = await result;
      void session?.bye();
      if (far !== undefined) await until('the end at the other side', () => far.state === 'ended');
      await nothingIsLeft();
    }
  });

  it('two phones answer at once', async () => {
    const alice = await bench.phone('1001');
    const [desk, soft] = [await bench.phone('1002'), await bench.phone('1002')];
    const result = outcome(alice.call('1002'));
    const invites = [await ringing(desk), await ringing(soft)];
    const far = invites.map((invite) => invite.accept({ sdp: PHONE_SDP }));
    const { session } = await result;
    await until('one loser', () => far.filter((one) => one?.state === 'ended').length === 1);
    void session?.bye();
    await nothingIsLeft();
  });

  it('the connection of a phone breaks while it rings, and while it talks', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002', { protocol: 'tcp' });
    const result = outcome(alice.call('1002'));
    (await ringing(bob)).progress(180);
    await bob.userAgent.close({ graceMilliseconds: 0 });
    expect((await result).status).toBeGreaterThanOrEqual(400);
    await nothingIsLeft();
  });

  it('the answer comes after the ringing was given up', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const result = outcome(alice.call('1002'));
    const invite = await ringing(bob);
    invite.progress(180);
    expect((await result).status).toBe(480);
    const late = invite.accept({ sdp: PHONE_SDP });
    if (late !== undefined) await until('its end', () => late.state === 'ended');
    await nothingIsLeft();
  });
});
