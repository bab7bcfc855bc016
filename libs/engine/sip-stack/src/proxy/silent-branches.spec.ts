import { describe, expect, it } from 'vitest';
import type { ProxyPlan } from '../api/routed-request.js';
import { PROXY, leftovers } from '../testing/proxy-bed.js';
import type { ProxyBed } from '../testing/proxy-bed.js';
import { CALLEE, firstLine, line, openPeers, reply, request } from '../testing/proxy-peers.js';
import type { Peers } from '../testing/proxy-peers.js';
import { ANSWER } from '../testing/test-bed.js';

const RINGS = 5_000;
const OTHER = '10.0.0.61';
const methods = (heard: readonly string[]): (string | undefined)[] => heard.map((text) => text.split(' ', 1)[0]);
const statuses = (heard: readonly string[]): (string | undefined)[] =>
  heard.filter((text) => line(text, 'CSeq') === '1 INVITE').map(firstLine);

/** One more phone, raw as the others. */
function another({ bed }: Peers, host = OTHER): { heard: string[]; answer: (text: string) => Promise<void> } {
  const heard: string[] = [];
  const send = bed.network.attach(host, 5060, (text) => heard.push(text));
  const answer = async (text: string): Promise<void> => {
    send(text, `${PROXY}:5060`);
    await bed.clock.advance(20);
  };
  return { heard, answer };
}

/** Our own mailbox answers at once; its call ends when the caller says so. */
function openMailbox(bed: ProxyBed): void {
  bed.proxy.on('invite', (invite) => void invite.accept({ sdp: ANSWER }));
}

const toBoth: Partial<ProxyPlan> = {
  targets: [{ uri: `sip:bob@${CALLEE}` }, { uri: `sip:bob@${OTHER}` }],
  ringMilliseconds: RINGS,
};

/** The caller takes the mailbox's 200 and hangs up. */
async function hangUp({ send, caller }: Peers): Promise<void> {
  const answered = caller.findLast((text) => firstLine(text) === 'SIP/2.0 200 OK');
  const to = /;tag=.*/.exec(line(answered, 'To') ?? '')?.[0] ?? '';
  const uri = /<(.*)>/.exec(line(answered, 'Contact') ?? '')?.[1] ?? '';
  await send(request('ACK', { uri, to, branch: 'z9hG4bKack' }));
  await send(request('BYE', { uri, to, branch: 'z9hG4bKbye', cseq: 2 }));
}

describe('a phone that is silent', () => {
  it('all the time that it may ring keeps nobody from the mailbox, and is cancelled when it speaks (§16.8, §9.1)', async () => {
    const outcomes: number[] = [];
    const takeOver = ({ status }: { status: number }): boolean => outcomes.push(status) > 0;
    const peers = await openPeers({ ringMilliseconds: RINGS, takeOver });
    const { bed, send, answer, caller, callee } = peers;
    openMailbox(bed);
    await send(request('INVITE'));
    await bed.clock.advance(RINGS + 20);
    expect(outcomes).toEqual([408]);
    expect(statuses(caller).at(-1)).toBe('SIP/2.0 200 OK');
    expect(new Set(methods(callee))).toEqual(new Set(['INVITE']));
    await answer(reply(callee[0] ?? '', '180 Ringing'));
    const cancel = callee.at(-1) ?? '';
    expect(firstLine(cancel)).toBe(`CANCEL sip:bob@${CALLEE} SIP/2.0`);
    expect(line(cancel, 'Reason')).toContain('cause=408');
    await answer(reply(cancel, '200 OK'));
    await answer(reply(callee[0] ?? '', '487 Request Terminated'));
    expect(callee.at(-1)).toMatch(/^ACK /);
    await hangUp(peers);
    expect(statuses(caller).filter((one) => !one?.includes('100'))).toEqual(['SIP/2.0 200 OK']);
    expect(await leftovers(bed)).toEqual({});
  });

  it('does so beside one that rang, which is cancelled and has T1 to answer that', async () => {
    let taken = 0;
    const peers = await openPeers({ ...toBoth, takeOver: () => ++taken > 0 });
    const { bed, send, caller, callee } = peers;
    const other = another(peers);
    openMailbox(bed);
    await send(request('INVITE'));
    await other.answer(reply(other.heard[0] ?? '', '180 Ringing'));
    await bed.clock.advance(RINGS);
    expect(methods(other.heard).at(-1)).toBe('CANCEL');
    // It died while it rang.
    expect(taken).toBe(0);
    await bed.clock.advance(600);
    expect(taken).toBe(1);
    expect(statuses(caller).at(-1)).toBe('SIP/2.0 200 OK');
    expect(callee.length).toBeGreaterThan(1);
    await hangUp(peers);
    expect(await leftovers(bed)).toEqual({});
  });

  it('makes room for the next one, and whoever of them answers first has the call', async () => {
    const peers = await openPeers({ ...toBoth, sequential: true });
    const { bed, send, answer, caller, callee } = peers;
    const other = another(peers);
    await send(request('INVITE'));
    await bed.clock.advance(RINGS + 20);
    await other.answer(reply(other.heard[0] ?? '', '180 Ringing'));
    await answer(reply(callee[0] ?? '', '200 OK'));
    expect(statuses(caller).at(-1)).toBe('SIP/2.0 200 OK');
    const cancel = other.heard.at(-1) ?? '';
    expect(firstLine(cancel)).toBe(`CANCEL sip:bob@${OTHER} SIP/2.0`);
    expect(line(cancel, 'Reason')).toContain('cause=200');
    expect(await leftovers(bed)).toEqual({});
  });

  it('is heard though it was given up: the caller learns what it says', async () => {
    const peers = await openPeers({ ...toBoth, sequential: true });
    const { bed, send, answer, caller, callee } = peers;
    const other = another(peers);
    await send(request('INVITE'));
    await bed.clock.advance(RINGS + 20);
    await answer(reply(callee[0] ?? '', '486 Busy Here'));
    await other.answer(reply(other.heard[0] ?? '', '404 Not Found'));
    expect(statuses(caller).at(-1)).toBe('SIP/2.0 486 Busy Here');
    await send(request('ACK', { to: ';tag=b1' }));
    expect(await leftovers(bed)).toEqual({});
  });

  it('does not hold back a 6xx of another one for longer than T1', async () => {
    const peers = await openPeers(toBoth);
    const { bed, send, caller } = peers;
    const other = another(peers);
    await send(request('INVITE'));
    await other.answer(reply(other.heard[0] ?? '', '603 Decline'));
    await bed.clock.advance(600);
    expect(statuses(caller).at(-1)).toBe('SIP/2.0 603 Decline');
    expect(await leftovers(bed)).toEqual({});
  });
});

describe('a phone that answers when the mailbox has the call', () => {
  it('is hung up on by the way its answer says, again as often as it answers, and the caller hears nothing of it', async () => {
    const peers = await openPeers({ ringMilliseconds: RINGS, takeOver: () => true });
    const { bed, send, answer, caller, callee } = peers;
    const proxy = another(peers);
    openMailbox(bed);
    await send(request('INVITE', { extra: ['Record-Route: <sip:10.0.0.50:5070;lr>'] }));
    await bed.clock.advance(RINGS + 20);
    const answered = reply(callee[0] ?? '', '200 OK').replace(
      'Record-Route: ',
      `Record-Route: <sip:${OTHER};lr>\nRecord-Route: `,
    );
    await answer(answered);
    expect(methods(proxy.heard)).toEqual(['ACK', 'BYE']);
    const [ack, bye] = proxy.heard;
    expect(firstLine(ack)).toBe(`ACK sip:bob@${CALLEE} SIP/2.0`);
    expect(line(ack, 'CSeq')).toBe('1 ACK');
    expect(line(bye, 'Route')).toBe(`<sip:${OTHER};lr>`);
    expect(line(bye, 'From')).toContain('tag=a1');
    expect(line(bye, 'To')).toContain('tag=b1');
    expect(line(bye, 'CSeq')).toBe('2 BYE');
    expect(line(bye, 'Reason')).toContain('cause=200');
    await proxy.answer(reply(bye ?? '', '200 OK'));
    await answer(answered);
    expect(methods(proxy.heard)).toEqual(['ACK', 'BYE', 'ACK']);
    await hangUp(peers);
    expect(statuses(caller).filter((one) => one?.includes('200'))).toHaveLength(1);
    expect(await leftovers(bed)).toEqual({});
  });

  it('is not believed where it leaves out what every response has', async () => {
    const peers = await openPeers({ ringMilliseconds: RINGS, takeOver: () => true });
    const { bed, send, answer, callee } = peers;
    openMailbox(bed);
    await send(request('INVITE'));
    await bed.clock.advance(RINGS + 20);
    await answer(reply(callee[0] ?? '', '200 OK').replace(/^Call-ID:.*\n/m, ''));
    expect(new Set(methods(callee))).toEqual(new Set(['INVITE']));
    await hangUp(peers);
    expect(await leftovers(bed)).toEqual({});
  });
});
