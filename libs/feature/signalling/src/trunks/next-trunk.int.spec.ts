import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { outcome, until } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks, type TrunkData } from '../testing/trunk-bench.js';

const PORT = 17_020;
const { bench, trunks } = useTrunks(PORT);

const STRICT: Partial<TrunkData> = { mediaEncryption: 'srtp' };
/** Its calls may go on in the clear. */
const LENIENT: Partial<TrunkData> = { mediaEncryption: 'srtp', clearFallback: true };

/** Two providers for the same numbers. */
async function twoTrunks(first: Partial<TrunkData> = LENIENT, second: Partial<TrunkData> = {}) {
  const [strict, plain] = [await trunks.provider(), await trunks.provider({ host: '127.0.0.3' })];
  await trunks.add({ host: '127.0.0.2', port: strict.port, outbound: OUT, priority: 1, keysInClear: true, ...first });
  await trunks.add({ host: '127.0.0.3', port: plain.port, outbound: OUT, priority: 2, ...second });
  return { strict, plain, alice: await bench.phone('1001') };
}

describe('a trunk whose calls are encrypted, or go on elsewhere in the clear', () => {
  it.each([488, 606])('and whose other side takes no such sound (%s) leads to the next one', async (status) => {
    const { strict, plain, alice } = await twoTrunks();
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(status);
    const invite = await incoming(plain);
    expect(invite.offer).toMatch(/RTP\/AVP /);
    invite.accept({ sdp: PHONE_SDP });
    const { status: answered, session } = await result;
    expect(answered).toBe(200);
    if (session !== undefined) await session.bye();
    expect(await bench.endedRecord()).toMatchObject({ outcome: 'answered', sipStatus: 200 });
    await trunks.remarked(`Did not take the call: ${status} `);
  });

  it('and whose other side answers in the clear leads there as well', async () => {
    const { strict, plain, alice } = await twoTrunks();
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).accept({ sdp: PHONE_SDP });
    (await incoming(plain)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    if (session !== undefined) await session.bye();
    await trunks.remarked('No sound can be agreed: In the clear.');
  });

  it('over which no keys may go leads there at once', async () => {
    const plain = await trunks.provider({ host: '127.0.0.3' });
    await trunks.add({ host: '127.0.0.2', port: plain.port, outbound: OUT, priority: 1, ...LENIENT });
    await trunks.add({ host: '127.0.0.3', port: plain.port, outbound: OUT, priority: 2 });
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    (await incoming(plain)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    if (session !== undefined) await session.bye();
    await trunks.remarked('Cannot be tried: MEDIA.TRANSPORT_NOT_ACCEPTABLE');
  });
});

describe('a trunk whose calls are always encrypted', () => {
  it('never leads to one in the clear: the caller hears its refusal, and the ladder says why', async () => {
    const { strict, plain, alice } = await twoTrunks(STRICT);
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(488);
    expect((await result).status).toBe(488);
    expect(plain.invites).toHaveLength(0);
    await trunks.remarked('is passed over: its sound would be in the clear');
  });

  it('nor where nobody answers there, and it was tried last for that', async () => {
    const plain = await trunks.provider({ host: '127.0.0.3' });
    const nobody = await trunks.add({
      ...{ host: '127.0.0.2', port: 9, transport: 'tcp', outbound: OUT, priority: 1, keysInClear: true, ...STRICT },
    });
    await trunks.add({ host: '127.0.0.3', port: plain.port, outbound: OUT, priority: 2 });
    await until('that it does not answer', async () =>
      (await trunks.states()).some(({ trunkId, reachable }) => trunkId === nobody.id && reachable === 'no'),
    );
    const alice = await bench.phone('1001');
    expect((await outcome(alice.call('030123'))).status).toBe(503);
    expect(plain.invites).toHaveLength(0);
  });

  it('leads to one that can, which is asked for SRTP alone', async () => {
    const second: Partial<TrunkData> = { mediaEncryption: 'srtp-optional', keysInClear: true };
    const { strict, plain, alice } = await twoTrunks(STRICT, second);
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(503);
    const invite = await incoming(plain);
    expect(invite.offer).toMatch(/RTP\/SAVP /);
    invite.reject(488);
    expect((await result).status).toBe(488);
    // It was not asked again in the clear.
    expect(plain.invites).toHaveLength(1);
    await trunks.remarked('is asked for SRTP alone, since the call belongs on');
  });
});

describe('which refusals lead to the next trunk', () => {
  it('is for an admin to say: an unknown number, too', async () => {
    const { strict, plain, alice } = await twoTrunks({ nextTrunkStatuses: ['404'] });
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(404);
    (await incoming(plain)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    if (session !== undefined) await session.bye();
  });

  it('what is not on the list ends the search', async () => {
    const { strict, plain, alice } = await twoTrunks({ nextTrunkStatuses: ['404'] });
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(500);
    expect((await result).status).toBe(503);
    expect(plain.invites).toHaveLength(0);
  });

  it('a trunk that is not there leads on, whatever the list', async () => {
    const plain = await trunks.provider({ host: '127.0.0.3' });
    const nobody = { host: '127.0.0.2', port: 9, transport: 'tcp', outbound: OUT, priority: 1 };
    await trunks.add({ ...nobody, nextTrunkStatuses: [] });
    await trunks.add({ host: '127.0.0.3', port: plain.port, outbound: OUT, priority: 2 });
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    (await incoming(plain)).accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    if (session !== undefined) await session.bye();
  });
});

describe('where no trunk takes a call', () => {
  it('the caller hears what tells most, and the history has its reason', async () => {
    const { strict, plain, alice } = await twoTrunks();
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(488);
    (await incoming(plain)).reject(503);
    expect((await result).status).toBe(488);
    expect(await bench.endedRecord()).toMatchObject({
      outcome: 'missed',
      sipStatus: 488,
      endReason: 'Not Acceptable Here',
    });
    await trunks.remarked('Did not take the call: 503 ');
  });

  it('what the called party says counts, and ends the search', async () => {
    const { strict, plain, alice } = await twoTrunks();
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(488);
    (await incoming(plain)).reject(486);
    expect((await result).status).toBe(486);
  });

  it('606 of a trunk that offered what everybody takes is the called party’s word for all', async () => {
    const { strict, plain, alice } = await twoTrunks({});
    const result = outcome(alice.call('030123'));
    (await incoming(strict)).reject(606);
    expect((await result).status).toBe(606);
    expect(plain.invites).toHaveLength(0);
  });
});

describe('a trunk that speaks before it fails', () => {
  const took = (what: string) => bench.media.commanded.filter((one) => one === what).length;
  const commanded = (what: string, times: number) => until(`${times} ${what}`, () => took(what) >= times);

  /** The first one's early media is heard, and then it fails the call. */
  async function heardAndGone() {
    const { strict, plain, alice } = await twoTrunks({});
    const call = alice.call('030123');
    const heard: (string | undefined)[] = [];
    call.on('progress', (response, sdp) => {
      if (response.status === 183) heard.push(sdp);
    });
    const result = outcome(call);
    const first = await incoming(strict);
    first.progress(183, { sdp: PHONE_SDP });
    await until('the 183', () => heard.length === 1);
    first.reject(503);
    return { result, heard, second: await incoming(plain), alice };
  }

  it('leaves the caller with a ringing tone until the next one answers', async () => {
    const { result, second } = await heardAndGone();
    await commanded('play', 1);
    second.progress(180);
    second.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, took('play'), took('stop-play')]).toEqual([200, 1, 1]);
    await session?.bye();
  });

  it('gives way to the early media of the next one, with the one description that the caller has', async () => {
    const { result, heard, second } = await heardAndGone();
    await commanded('play', 1);
    second.progress(183, { sdp: PHONE_SDP });
    await commanded('connect', 2);
    expect([new Set(heard).size, took('stop-play')]).toEqual([1, 1]);
    second.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect(status).toBe(200);
    await session?.bye();
  });

  it('and the tone ends where the next one fails as well', async () => {
    const { result, second } = await heardAndGone();
    await commanded('play', 1);
    second.reject(486);
    expect((await result).status).toBe(486);
    await commanded('stop-play', 1);
  });
});
