import { CallId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { ended, outcome, ringing, until } from '../testing/signalling-bench.js';
import { incoming, OUT, useTrunks } from '../testing/trunk-bench.js';

const PORT = 16_028;
const { bench, trunks } = useTrunks(PORT);

describe('encrypted sound', () => {
  const inbound = [{ number: '+4930100', extension: '1002' }];
  const encrypted = (mediaEncryption: string, port: number) =>
    trunks.add({ host: '127.0.0.2', port, outbound: OUT, inbound, mediaEncryption, keysInClear: true });
  const answerTo = (offer: string | undefined, change: (sdp: string) => string = (sdp) => sdp): string =>
    change(`${PHONE_SDP.replace('RTP/AVP', /RTP\/\S+/.exec(offer ?? '')?.[0] ?? 'RTP/AVP')}`);
  const KEY = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'B'.repeat(40)}\r\n`;
  const offered = () => bench.media.encryptions.splice(0);
  const remarked = (text: string) =>
    until(`the remark ${text}`, async () => {
      const { organisationId } = bench.organisation;
      const { id } = await bench.endedRecord();
      const answer = await bench.bus.call('ladder.read', { organisationId, callId: CallId.parse(id) });
      return answer.ok && JSON.stringify(answer).includes(text);
    });

  it('where it can: SRTP is asked for, then keys that may be left, after 488', async () => {
    const carrier = await trunks.provider();
    await encrypted('srtp-optional', carrier.port);
    const alice = await bench.phone('1001');
    offered();
    const result = outcome(alice.call('030123'));
    (await incoming(carrier)).reject(488);
    const again = await until('the second offer', () => carrier.invites[1]);
    expect(again.offer).toMatch(/m=audio \d+ RTP\/AVP [^]*a=crypto:1 /);
    again.accept({ sdp: answerTo(again.offer) });
    expect((await result).status).toBe(200);
    expect(offered()).toEqual(['srtp', 'srtp-optional']);
  });

  it.each([
    ['without key', (sdp: string) => sdp],
    ['with a suite of its own', (sdp: string) => sdp + KEY.replace('AES_CM_128_HMAC_SHA1_80', 'F8_128_HMAC_SHA1_80')],
    ['in the clear', (sdp: string) => sdp.replace('RTP/SAVP', 'RTP/AVP')],
  ])('an answer %s is none: BYE with its reason, and the next offer', async (_what, change) => {
    const carrier = await trunks.provider();
    await encrypted('srtp-optional', carrier.port);
    const alice = await bench.phone('1001');
    const result = outcome(alice.call('030123'));
    const invite = await incoming(carrier);
    const session = invite.accept({ sdp: answerTo(invite.offer, change) });
    if (session === undefined) throw new Error('Not accepted');
    const over = ended(session);
    expect((await over).reasons[0]).toMatchObject({ protocol: 'SIP', cause: 488 });
    const again = await until('the second offer', () => carrier.invites[1]);
    again.accept({ sdp: answerTo(again.offer) });
    const { status, session: caller } = await result;
    expect(status).toBe(200);
    if (caller !== undefined) await caller.bye();
    await remarked('asked again with SRTP where it can');
  });

  it('always: neither goes out nor comes in in the clear', async () => {
    const carrier = await trunks.provider();
    await encrypted('srtp', carrier.port);
    const alice = await bench.phone('1001');
    offered();
    const result = outcome(alice.call('030123'));
    (await incoming(carrier)).reject(488);
    expect((await result).status).toBe(488);
    expect([carrier.invites.length, offered()]).toEqual([1, ['srtp']]);
    const bob = await bench.phone('1002');
    const refused = await outcome(carrier.call('+4930100'));
    expect([refused.status, refused.response?.header('Warning')]).toEqual([488, expect.stringContaining('302 ')]);
    expect(bob.invites).toHaveLength(0);
    await remarked('No sound can be agreed: In the clear.');
  });

  it('always: who brings keys where others read them is refused, with its reason', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, transport: 'tls', inbound, mediaEncryption: 'srtp' });
    const refused = await outcome(carrier.call('+4930100'));
    expect([refused.status, refused.response?.header('Warning')]).toEqual([488, expect.stringContaining('over UDP')]);
  });

  it('is offered to a call without offer as well', async () => {
    const carrier = await trunks.provider();
    await encrypted('srtp', carrier.port);
    const bob = await bench.phone('1002');
    offered();
    const call = carrier.userAgent.invite({
      target: `sip:+4930100@127.0.0.1:${PORT}`,
      from: 'sip:+44201@provider.test',
    });
    await ringing(bob);
    expect(offered()).toContain('srtp');
    call.cancel();
    await outcome(call);
  });
});
