import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openTestBed } from '../testing/test-bed.js';

const torture = new URL('../../../../protocol/sip-message/vectors/rfc4475/', import.meta.url);

/** What comes back to a peer that sends this text to Bob. */
async function answersTo(text: string): Promise<string[]> {
  const bed = await openTestBed();
  await bed.alice.close();
  const heard: string[] = [];
  const send = bed.network.attach('10.0.0.1', 5060, (answer) => heard.push(answer));
  send(text, '10.0.0.2:5060');
  await bed.clock.advance(20);
  expect(await bed.leftovers()).toEqual({});
  return heard;
}

function options(via: readonly string[], method = 'OPTIONS'): string {
  return [
    `${method} sip:bob@10.0.0.2 SIP/2.0`,
    ...via.map((value) => `Via: ${value}`),
    'From: <sip:a@a.example>;tag=a',
    'To: <sip:bob@10.0.0.2>',
    'Call-ID: via',
    `CSeq: 1 ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

describe('a request whose Via cannot be read', () => {
  it('is refused with 400, its Via as it came (RFC 4475 §3.1.2.1)', async () => {
    const [answer, ...more] = await answersTo(readFileSync(new URL('badinv01.dat', torture), 'utf8'));
    expect(answer).toMatch(/^SIP\/2\.0 400 Bad Via\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.15;;,;,,\r\n/);
    expect(more).toEqual([]);
  });

  it.each(['SIP/2.0/UDP', 'SIP/2.0/UDP 10.0.0.1;;branch=z9hG4bK1', 'nonsense'])(
    'goes back to where it came from: %s',
    async (via) => {
      expect((await answersTo(options([via])))[0]).toContain(`SIP/2.0 400 Bad Via\r\nVia: ${via}\r\n`);
    },
  );

  it('is not answered where it is an ACK, or a datagram without any', async () => {
    expect(await answersTo(options(['nonsense'], 'ACK'))).toEqual([]);
    expect(await answersTo(options([]))).toEqual([]);
  });
});

it('a semicolon behind the last parameter of a Via says nothing', async () => {
  const [answer] = await answersTo(options(['SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport;']));
  expect(answer).toMatch(
    /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP 10\.0\.0\.1:5060;branch=z9hG4bK1;rport=5060;received=10\.0\.0\.1\r\n/,
  );
});
