import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { PHONE_SDP } from '../testing/phone.js';
import { outcome, ringing } from '../testing/signalling-bench.js';
import { incoming, useTrunks } from '../testing/trunk-bench.js';

const PORT = 16_074;
const { bench, trunks } = useTrunks(PORT);

/** Asterisk's own address: where no domain is set, it stands in From. */
const fromOf = (extension: string): string => `"asterisk" <sip:${extension}@127.0.0.21>`;
const route = [`sip:127.0.0.1:${PORT};lr`];

/** As Asterisk 16 (chan_sip) subscribes to its mailbox by the `mwi =>` of its settings. */
const subscribe = (extension: string, port: number): string =>
  [
    `SUBSCRIBE sip:${extension}@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK77a6${extension}`,
    'Max-Forwards: 70',
    `From: ${fromOf(extension)};tag=as43a6b47d`,
    `To: <sip:${extension}@127.0.0.1>`,
    `Contact: <sip:${extension}@127.0.0.1:${port}>`,
    `Call-ID: 4a0927e72e879e560d5ac32c586f${extension}@127.0.0.21:5060`,
    'CSeq: 102 SUBSCRIBE',
    'User-Agent: Asterisk PBX 16 chan_sip',
    'Date: Mon, 23 Nov 2026 11:16:43 GMT',
    'Event: message-summary',
    'Accept: application/simple-message-summary',
    'Expires: 3600',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH, MESSAGE',
    'Supported: replaces, timer',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

/** The status line that Asterisk's SUBSCRIBE is answered with. */
async function answerTo(extension: string): Promise<string | undefined> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.send(subscribe(extension, socket.address().port), PORT, '127.0.0.1');
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return bytes.toString().split('\r\n')[0];
}

describe('a phone that writes its own address into From', () => {
  it('is asked for its password where it has registered from, and calls by its number', async () => {
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    expect(await answerTo('1001')).toBe('SIP/2.0 401 Unauthorized');
    const credentials = { username: '1001', password: 'pw-1001' };
    const call = alice.userAgent.invite({
      ...{ target: `sip:1002@127.0.0.1:${PORT}`, from: fromOf('1001'), route, sdp: PHONE_SDP, credentials },
    });
    const done = outcome(call);
    const { request } = await ringing(bob);
    // Shown as whose password it was, not as what it wrote.
    expect(request.from?.uri).toBe(`sip:1001@${bench.organisation.domain}`);
    call.cancel();
    await done;
    expect(await bench.endedRecord()).toMatchObject({ fromNumber: '1001', toNumber: '1002' });
  });

  it.each(['urn:service:sos', 'tel:112'])('calls for help by %s, which names no domain', async (target) => {
    const carrier = await trunks.provider();
    const outbound = [{ pattern: '112', strip: 0, prepend: '' }];
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound });
    const alice = await bench.phone('1001');
    const credentials = { username: '1001', password: 'pw-1001' };
    const call = alice.userAgent.invite({ target, from: fromOf('1001'), route, sdp: PHONE_SDP, credentials });
    const done = outcome(call);
    expect((await incoming(carrier)).request.uriText).toMatch(/^sip:112@/);
    call.cancel();
    expect((await done).status).toBe(487);
  });

  it('is known there after a restart, too: its registration outlives that', async () => {
    await bench.phone('1001');
    await bench.running.close();
    bench.running = await bench.start();
    expect(await answerTo('1001')).toBe('SIP/2.0 401 Unauthorized');
    expect(await answerTo('1002')).toBe('SIP/2.0 404 Unknown domain');
  });

  it('is a stranger where it has not, as is whoever writes the number of somebody else', async () => {
    await bench.phone('1001');
    expect(await answerTo('1004')).toBe('SIP/2.0 404 Unknown domain');
    expect(await answerTo('7999')).toBe('SIP/2.0 404 Unknown domain');
  });
});
