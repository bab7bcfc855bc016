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
