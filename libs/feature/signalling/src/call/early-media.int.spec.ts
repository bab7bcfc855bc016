import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { outcome, ringing, until, useSignalling } from '../testing/signalling-bench.js';

const bench = useSignalling(23_030);
const from = (port: number): string => PHONE_SDP.replace('40000', String(port));
const took = (what: string) => bench.media.commanded.filter((one) => one === what).length;
const commanded = (what: string, times: number) => until(`${times} ${what}`, () => took(what) >= times);

/** Alice calls Bob, who has two phones. */
async function twoPhones(protocol: 'udp' | 'tcp' = 'udp') {
  const [desk, soft] = [await bench.phone('1002', { protocol }), await bench.phone('1002')];
  const alice = await bench.phone('1001');
  const heard: (string | undefined)[] = [];
  const call = alice.call('1002');
  call.on('progress', (response, sdp) => {
    if (response.status === 183) heard.push(sdp);
  });
  const result = outcome(call);
  return { result, heard, atDesk: await ringing(desk), atSoft: await ringing(soft) };
}

/** Alice calls Bob without an offer, and wants every reply reliably. Bodies are those of the replies that she got, by status. */
async function offerless() {
  const alice = await bench.phone('1001');
  const bob = await bench.phone('1002');
  const call = alice.call('1002', null, { headers: { Require: '100rel' } });
  const meanings: (string | undefined)[] = [];
  call.on('progress', (_response, _sdp, about) => {
    meanings.push(about.meaning);
    if (about.meaning === 'offer') void about.acknowledge({ sdp: PHONE_SDP });
  });
  const result = outcome(call);
  const bodies = (): Record<string, boolean> =>
    Object.fromEntries(
      alice.received.flatMap((one) =>
        one.kind === 'response' && one.cseq?.method === 'INVITE' && one.status > 100 && one.status < 300
          ? [[one.status, one.bodyText !== '']]
          : [],
      ),
    );
  return { result, meanings, bodies, invite: await ringing(bob) };
}

describe('a caller without an offer that wants every reply reliably', () => {
  it('has our offer in the first, answers it in its PRACK, and its ACK brings nothing more (RFC 3262 §5)', async () => {
    const { result, meanings, bodies, invite } = await offerless();
    invite.progress(180);
    await commanded('accept-answer', 1);
    invite.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, meanings, bodies()]).toEqual([200, ['offer'], { 180: true, 200: false }]);
    await commanded('connect', 1);
    expect(session?.state).toBe('confirmed');
    await session?.bye();
    await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
  });

  it('hears what the phone says before it answers, and has no second description of it', async () => {
    const { result, bodies, invite } = await offerless();
    invite.progress(183, { sdp: from(41_000) });
    await commanded('connect', 1);
    await until('the 183', () => bodies()['183'] !== undefined);
    invite.accept({ sdp: from(41_000) });
    const { status, session } = await result;
    expect([status, bodies()]).toEqual([200, { 180: true, 183: false, 200: false }]);
    await session?.bye();
    await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
  });

  it('is answered at once as well: the 200 waits for its PRACK', async () => {
    const { result, bodies, invite } = await offerless();
    invite.progress(180);
    invite.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, bodies()]).toEqual([200, { 180: true, 200: false }]);
    await commanded('accept-answer', 2);
    expect(session?.state).toBe('confirmed');
    await session?.bye();
    await until('the end of all dialogs', () => bench.running.userAgent.stats().dialogs === 0);
  });
});

describe('early media of several phones', () => {
  it('is that of the first, and of the next one where the first refuses', async () => {
    const { result, heard, atDesk, atSoft } = await twoPhones();
    atDesk.progress(183, { sdp: from(41_000) });
    await until('the 183', () => heard.length === 1);
    atSoft.progress(183, { sdp: from(42_000) });
    atDesk.reject(486);
    await commanded('connect', 2);
    // One description for the caller, whoever is heard (RFC 3261 §13.2.1).
    expect(new Set(heard).size).toBe(1);
    expect(took('play')).toBe(0);
    atSoft.accept({ sdp: from(42_000) });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
  });

  it('is a ringing tone where nobody else has any, until somebody answers', async () => {
    const { result, heard, atDesk, atSoft } = await twoPhones();
    atSoft.progress(180);
    atDesk.progress(183, { sdp: from(41_000) });
    await until('the 183', () => heard.length === 1);
    atDesk.reject(480);
    await commanded('play', 1);
    expect(took('stop-play')).toBe(0);
    atSoft.accept({ sdp: from(42_000) });
    const { status, session } = await result;
    expect([status, took('stop-play')]).toEqual([200, 1]);
    await session?.bye();
  });

  it('is the newest of a phone that has the call tried elsewhere, one after the other', async () => {
    const { result, atDesk } = await twoPhones();
    atDesk.progress(183, { sdp: from(41_000) });
    await commanded('accept-answer', 1);
    atDesk.progress(183, { sdp: from(41_000) });
    atDesk.progress(183, { sdp: from(43_000) });
    await commanded('accept-answer', 2);
    atDesk.reject(486);
    await result.catch(() => undefined);
    expect(took('accept-answer')).toBe(2);
  });

  it('counts no more once somebody has answered, though both come in one segment', async () => {
    const { result, atDesk } = await twoPhones('tcp');
    atDesk.progress(183, { sdp: from(41_000) });
    atDesk.accept({ sdp: from(42_000) });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
    expect(took('accept-answer')).toBe(1);
  });
});
