import { Ladder } from '@carillon/contracts';
import { describe, expect, it } from 'vitest';
import { decodeLadder, encodeLadder } from './ladder-document.js';

const message = (octets: string) => ({
  ...{ kind: 'message', at: 1_700_000_000_000.25, participant: 'a', direction: 'in', protocol: 'udp', sipCallId: '1' },
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address: '2001:db8::1', port: 5060 },
  ...{ method: 'INVITE', cseq: 1, status: null, reason: '', sdp: true, repeats: 2, lastRepeatAt: 1_700_000_000_500 },
  octets,
});
const ladder = Ladder.parse({
  ...{ callId: '01990000-0000-7000-8000-000000000001', startedAt: 1_700_000_000_000, live: false, notKept: 1 },
  participants: [{ id: 'a', kind: 'caller', label: 'Älice', detail: null }],
  entries: [
    message('INVITE sip:b@x SIP/2.0\r\n\r\n\u00ff\u0000'),
    { kind: 'note', at: 1, participant: null, category: 'timer', code: 'x', text: '→' },
    message(''),
    message(`SIP/2.0 200 OK\r\n${'Via: x\r\n'.repeat(300)}\r\n`),
  ],
  refused: { status: 403, from: 'sip:a@x', to: 'sip:b@x' },
});

describe('a document', () => {
  it('gives back the ladder, octet for octet, and is small', async () => {
    const data = encodeLadder(ladder);
    expect(await decodeLadder(data)).toEqual(ladder);
    expect(data.length).toBeLessThan(500);
  });

  it('that is none, is cut off or changed is told', async () => {
    const data = encodeLadder(ladder);
    for (const broken of [
      Buffer.alloc(0),
      Buffer.of(9),
      data.subarray(0, 40),
      Buffer.concat([data.subarray(0, 30), Buffer.alloc(60, 7)]),
    ])
      expect(await decodeLadder(broken)).toBeUndefined();
  });
});
