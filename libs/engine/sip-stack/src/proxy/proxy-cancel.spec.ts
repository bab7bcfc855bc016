import { expect, it } from 'vitest';
import { leftovers } from '../testing/proxy-bed.js';
import { CALLEE, firstLine, line, openPeers, reply, request } from '../testing/proxy-peers.js';

const methods = (heard: readonly string[]): (string | undefined)[] => heard.map((text) => text.split(' ', 1)[0]);
const statuses = (heard: readonly string[], cseq: string): (string | undefined)[] =>
  heard.filter((text) => line(text, 'CSeq') === cseq).map(firstLine);

it('the caller hears 487 within the second though a phone is silent, which gets its CANCEL once it speaks (§9.1)', async () => {
  const { bed, send, answer, caller, callee } = await openPeers();
  await send(request('INVITE'));
  await bed.clock.advance(300);
  await send(request('CANCEL'));
  expect(statuses(caller, '1 CANCEL')).toEqual(['SIP/2.0 200 OK']);
  await bed.clock.advance(600);
  expect(statuses(caller, '1 INVITE').at(-1)).toBe('SIP/2.0 487 Request Terminated');
  expect(new Set(methods(callee))).toEqual(new Set(['INVITE']));
  expect(bed.outcomes).toMatchObject([{ status: 487, cancelled: true }]);
  await send(request('ACK', { to: ';tag=b1' }));
  await answer(reply(callee[0] ?? '', '180 Ringing'));
  const cancel = callee.at(-1) ?? '';
  expect(firstLine(cancel)).toBe(`CANCEL sip:bob@${CALLEE} SIP/2.0`);
  await answer(reply(cancel, '200 OK'));
  await answer(reply(callee[0] ?? '', '487 Request Terminated'));
  expect(callee.at(-1)).toMatch(/^ACK /);
  // Nothing of it is news for the caller.
  expect(statuses(caller, '1 INVITE').filter((one) => one?.includes('487'))).toHaveLength(1);
  expect(await leftovers(bed)).toEqual({});
});

it('a phone that is silent for good is forgotten after Timer B, and one that rang after 64 T1 more', async () => {
  for (const rings of [false, true]) {
    const { bed, send, answer, caller, callee } = await openPeers();
    await send(request('INVITE'));
    if (rings) await answer(reply(callee[0] ?? '', '180 Ringing'));
    await send(request('CANCEL'));
    await bed.clock.advance(600);
    expect(statuses(caller, '1 INVITE').at(-1)).toBe('SIP/2.0 487 Request Terminated');
    await bed.clock.advance(40_000);
    expect(bed.outcomes).toHaveLength(1);
    expect(await leftovers(bed)).toEqual({});
  }
});

it('a 2xx that crosses all this still goes back to the caller, which has to end the call (§16.7 items 5 and 9)', async () => {
  const { bed, send, answer, caller, callee } = await openPeers();
  await send(request('INVITE'));
  await send(request('CANCEL'));
  await bed.clock.advance(600);
  await answer(reply(callee[0] ?? '', '200 OK'));
  await answer(reply(callee[0] ?? '', '200 OK'));
  expect(statuses(caller, '1 INVITE').filter((one) => one?.includes('200'))).toHaveLength(2);
  await bed.clock.advance(40_000);
  expect(await leftovers(bed)).toEqual({});
});

it('a phone that answers the CANCEL in time is who says 487, with its own words', async () => {
  const { bed, send, answer, caller, callee } = await openPeers();
  await send(request('INVITE'));
  await answer(reply(callee[0] ?? '', '180 Ringing'));
  await send(request('CANCEL'));
  await answer(reply(callee.at(-1) ?? '', '200 OK'));
  await answer(reply(callee[0] ?? '', '487 Given up'));
  expect(statuses(caller, '1 INVITE').at(-1)).toBe('SIP/2.0 487 Given up');
  expect(await leftovers(bed)).toEqual({});
});
