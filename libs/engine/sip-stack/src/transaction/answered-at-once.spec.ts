import { describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../api/incoming-request.js';
import { openTestBed } from '../testing/test-bed.js';

const BOB_AT = '10.0.0.2:5060';
const REGISTER = [
  'REGISTER sip:bob@10.0.0.2 SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKonce1',
  'From: <sip:x@x.example>;tag=from1',
  'To: <sip:x@x.example>',
  'Call-ID: call1',
  'CSeq: 1 REGISTER',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

/** Bob answers REGISTER as told; a bare peer asks him. */
async function askedBy(handle: (request: IncomingRequest) => void | Promise<void>) {
  const bed = await openTestBed();
  const received: string[] = [];
  let handled = 0;
  bed.bob.on('register', (request) => {
    handled += 1;
    return handle(request);
  });
  const send = bed.network.attach('10.0.0.9', 5060, (text) => received.push(text));
  return {
    bed,
    received,
    handled: () => handled,
    ask: async (text = REGISTER) => {
      send(text, BOB_AT);
      await bed.clock.advance(100);
    },
  };
}

describe('a request that is answered at once (RFC 3261 §8.2.7)', () => {
  it('leaves no transaction and no timer behind', async () => {
    const { bed, ask, received } = await askedBy((request) => request.reply(401, { once: true }));
    const before = bed.clock.pending;
    await ask();
    expect(received).toHaveLength(1);
    expect(bed.bob.stats().serverTransactions).toBe(0);
    expect(bed.clock.pending).toBe(before);
  });

  it('gets the same octets when it comes again, from who answers alike', async () => {
    const { ask, received, handled } = await askedBy((request) => request.reply(401, { once: true }));
    await ask();
    await ask();
    expect(handled()).toBe(2);
    expect(received[1]).toBe(received[0]);
  });

  it('is remembered for timer J where the answer is to be kept', async () => {
    const { bed, ask, received, handled } = await askedBy((request) => request.reply(200));
    await ask();
    await ask();
    expect(handled()).toBe(1);
    expect(received).toHaveLength(2);
    expect(received[1]).toBe(received[0]);
    await bed.clock.advance(32_000);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is remembered while its answer takes time, and repeats are absorbed', async () => {
    let answer = (): void => undefined;
    const { bed, ask, received, handled } = await askedBy((request) => {
      answer = () => request.reply(200, { once: true });
    });
    await ask();
    await ask();
    expect(handled()).toBe(1);
    expect(bed.bob.stats().serverTransactions).toBe(1);
    expect(received).toHaveLength(0);
    answer();
    await bed.clock.advance(100);
    expect(received).toHaveLength(1);
    expect(bed.bob.stats().serverTransactions).toBe(0);
  });

  it('is told from the same request over another way while that one waits (§8.2.2.2)', async () => {
    const { ask, received } = await askedBy(() => undefined);
    await ask();
    await ask(REGISTER.replace('once1', 'once2'));
    expect(received[0]).toMatch(/^SIP\/2\.0 482 /);
  });

  it('costs a 500 when its handler fails, which is kept', async () => {
    const { ask, received, handled } = await askedBy(() => {
      throw new Error('broken');
    });
    await ask();
    await ask();
    expect(handled()).toBe(1);
    expect(received.map((text) => text.slice(0, 11))).toEqual(['SIP/2.0 500', 'SIP/2.0 500']);
  });

  it('may be an INVITE: its 401 comes with one tag however often it is sent, and its ACK is absorbed', async () => {
    const { bed, ask, received } = await askedBy(() => undefined);
    const states: string[] = [];
    bed.bob.on('invite', (invite) => {
      invite.reject(401, { once: true });
      states.push(invite.state);
    });
    const invite = REGISTER.replaceAll('REGISTER', 'INVITE').replace(
      'Content-Length',
      'Contact: <sip:x@10.0.0.9>\r\nContent-Length',
    );
    const before = bed.clock.pending;
    await ask(invite);
    await ask(invite);
    expect(states).toEqual(['rejected', 'rejected']);
    expect(received).toHaveLength(2);
    expect(received[1]).toBe(received[0]);
    const to = /^To: .*$/m.exec(received[0] ?? '')?.[0] ?? '';
    await ask(
      invite
        .replace(/^INVITE/, 'ACK')
        .replace('1 INVITE', '1 ACK')
        .replace(/^To: .*$/m, to),
    );
    await bed.clock.advance(2000);
    expect(received).toHaveLength(2);
    expect(bed.bob.stats()).toMatchObject({ serverTransactions: 0, dialogs: 0 });
    expect(bed.clock.pending).toBe(before);
  });
});
