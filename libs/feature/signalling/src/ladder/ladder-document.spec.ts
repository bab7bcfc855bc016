import { CallId, newId, OrganisationId } from '@carillon/domain';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { CallLadder } from './call-ladder.js';
import { readLadderDocument } from './ladder-document.js';
import { OctetBlocks } from './octet-blocks.js';
import { LadderPacker } from './pack-ladder.js';

const STARTED_AT = 1_700_000_000_000;
const CALL_ID = CallId.parse('01990000-0000-7000-8000-000000000001');
const flow = {
  ...{ protocol: 'udp', localAddress: '0.0.0.0', localPort: 5060, remoteAddress: '2001:db8::1', remotePort: 5060 },
} as unknown as Flow;

function tapped(text: string, changes: { direction?: 'in' | 'out'; flow?: Flow } = {}): TappedMessage {
  return { direction: 'in', flow, bytes: Buffer.from(text, 'latin1'), message: () => undefined, ...changes };
}

function ladder(): CallLadder {
  const about = { callId: CALL_ID, organisationId: newId(OrganisationId), startedAt: STARTED_AT };
  const made = new CallLadder(about, new OctetBlocks());
  made.addParticipant({ id: 'a', kind: 'caller', label: 'Älice', detail: null }, STARTED_AT);
  made.addDialog({ sipCallId: '1', participant: 'a', passedOn: false, address: undefined });
  return made;
}
const INVITE = 'INVITE sip:b@x SIP/2.0\r\nCSeq: 7 INVITE\r\nContent-Type: application/sdp\r\n\r\n\u00ff\u0000';
const OK = `SIP/2.0 200 OK\r\n${'Via: x\r\n'.repeat(300)}\r\n`;

/** Of an INVITE and a remark, as versions 1 and 2 wrote them. */
const BEFORE = [
  'AaWWUQqDMAyGZfexJB3i6pNXsdsYwkAYe/AAYwfYlXaTnUQSFxtClcFehII0Jv//f7EodnfFAsAQqImSH9RWSRuBj9wdAFX4ixedCawGxvtx7Y80VoktZyQf3A0NnK+sDFRV69BTcH+SIXgHzrtgJ5uTwQNgc4qHptkUAlv83kqvWU3ExHUy8ezFxcVrHvbWw8mZFTlTzOxhr8y8QkA0I5y/QRGQF2HC35ig93m+GLcL9nADe3GI7Xns6CfUDbeLECnHJxmagQ8KaxgrHVlI3zhjBhV5TEnanoIgJY0Ap040yjFnAg==',
  'Ao1VQQrCMBCsV8FP7HkTdoNFk5MHf1FyaO1FEApeUu/iA/ySP/ElsltTYk8SCGQhG2YyM1tVq2ORBcTeCwijm8AyMhH0qOiI5IU/82JWPf+QUmRHuzBvGR6v++V8EoqzhdUvcWEghDRce2kJ0owhIqT2JoXmyy17Z8k66wGFFARHxKHv9iHwVIrSdUh6ydWE02LcOnRYK/CIDcvvGkbQCQAIIyC8H0+IsbRxdxizq7Jkd7OeN+sP',
];

describe('a document', () => {
  it('gives back the ladder, octet for octet, and is small', async () => {
    const made = ladder();
    made.addMessage(tapped(INVITE), { at: STARTED_AT + 0.25, order: 1_000_001 }, '1');
    made.addRemark({ category: 'timer', code: 'x', text: '→' }, { at: STARTED_AT + 1, order: 1_000_002 });
    made.addMessage(tapped('', { direction: 'out' }), { at: STARTED_AT + 2, order: 1_000_005 }, 'strange');
    const other = { ...flow, remotePort: 5062, protocol: 'tls' } as Flow;
    // The clock was set back meanwhile.
    made.addMessage(tapped(OK, { flow: other }), { at: STARTED_AT - 3_600_000, order: 1_000_007 }, '1');
    const remark = { category: 'decision', code: 'y', text: 'Y', participant: 'a' } as const;
    made.addRemark(remark, { at: STARTED_AT + 100 * 3_600_000 + 0.125, order: 9_000_000_000 });
    made.countRepeated(tapped(OK, { flow: other }), STARTED_AT + 500);
    made.notKept = 3;
    made.refused = { status: 403, from: 'sip:a@x', to: 'sip:b@x' };
    const data = new LadderPacker('192.0.2.9').pack(made);
    const crossing = {
      participant: 'a',
      direction: 'in',
      protocol: 'udp',
      sipCallId: '1',
      repeats: 0,
      lastRepeatAt: null,
    };
    const ends = { local: { address: '192.0.2.9', port: 5060 }, remote: { address: '2001:db8::1', port: 5060 } };
    expect(await readLadderDocument(CALL_ID, data)).toEqual({
      ...{ callId: CALL_ID, startedAt: STARTED_AT, live: true, notKept: 3, refused: made.refused },
      participants: [
        { id: 'a', kind: 'caller', label: 'Älice', detail: null },
        { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null },
      ],
      entries: [
        {
          ...{ kind: 'message', ...crossing, ...ends, at: STARTED_AT + 0.25, octets: INVITE },
          ...{ method: 'INVITE', cseq: 7, status: null, reason: '', sdp: true },
        },
        { kind: 'note', at: STARTED_AT + 1, participant: null, category: 'timer', code: 'x', text: '→' },
        {
          ...{ kind: 'message', ...crossing, ...ends, at: STARTED_AT + 2, octets: '' },
          ...{ direction: 'out', participant: 'unknown', sipCallId: 'strange' },
          ...{ method: '', cseq: 0, status: null, reason: '', sdp: false },
        },
        {
          ...{ kind: 'message', ...crossing, ...ends, at: STARTED_AT - 3_600_000, octets: OK },
          ...{ protocol: 'tls', remote: { address: '2001:db8::1', port: 5062 } },
          ...{
            method: '?',
            cseq: 0,
            status: 200,
            reason: 'OK',
            sdp: false,
            repeats: 1,
            lastRepeatAt: STARTED_AT + 500,
          },
        },
        { kind: 'note', at: STARTED_AT + 360_000_000.125, ...remark },
      ],
    });
    expect(data.length).toBeLessThan(480);
  });

  it('has no secret of any of its messages, whichever stand beside it', async () => {
    const made = ladder();
    const challenge = 'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest nonce=""\r\n\r\n';
    const secret = 'INVITE sip:b:hush@x SIP/2.0\r\nAuthorization: Digest response="beef"\r\n\r\n';
    const keys = 'INFO sip:b@x SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=5\r\n\r\n';
    for (const [index, text] of [INVITE, challenge, INVITE, secret, OK, keys, INVITE].entries())
      made.addMessage(tapped(text, { direction: index % 2 === 0 ? 'in' : 'out' }), { at: index, order: index }, '1');
    const read = await readLadderDocument(CALL_ID, new LadderPacker('x').pack(made));
    expect(read?.entries.map((entry) => (entry.kind === 'message' ? entry.octets : ''))).toEqual([
      ...[INVITE, challenge.replace('""', '"***"'), INVITE],
      secret.replace('hush', '***').replace('beef', '***'),
      ...[OK, keys.replace('=5', '=x'), INVITE],
    ]);
  });

  it('of a version before is read as well', async () => {
    for (const document of BEFORE) {
      const read = await readLadderDocument(CALL_ID, Buffer.from(document, 'base64'));
      expect(read).toMatchObject({
        ...{ callId: CALL_ID, participants: [{ label: 'Älice' }], notKept: 1 },
        entries: [
          { kind: 'message', at: STARTED_AT + 0.25, method: 'INVITE', cseq: 7, remote: { address: '2001:db8::1' } },
          { kind: 'note', at: STARTED_AT + 1, text: '→' },
        ],
      });
      expect(read?.entries[0]).toMatchObject({ octets: expect.stringMatching(/^INVITE .*\r\n\r\n$/s) as string });
    }
  });

  it('that is none, is cut off or changed is told; what is whole before that is read', async () => {
    const made = ladder();
    made.addMessage(tapped(INVITE), { at: STARTED_AT, order: 1 }, '1');
    const packer = new LadderPacker('192.0.2.9');
    const data = packer.pack(made);
    for (const broken of [
      Buffer.alloc(0),
      Buffer.of(9),
      data.subarray(0, 40),
      Buffer.concat([data.subarray(0, 30), Buffer.alloc(60, 7)]),
      Buffer.concat([Buffer.of(1), data.subarray(1)]),
      Buffer.concat([data.subarray(0, 5), Buffer.of(255, 255, 255, 255), data.subarray(9)]),
    ])
      expect(await readLadderDocument(CALL_ID, broken)).toBeUndefined();
    made.letGo(STARTED_AT);
    made.addMessage(tapped('BYE sip:b@x SIP/2.0\r\nCSeq: 8 BYE\r\n\r\n'), { at: STARTED_AT + 9, order: 2 }, '1');
    const more = packer.pack(made);
    const whole = await readLadderDocument(CALL_ID, Buffer.concat([data, more]));
    expect(whole?.entries).toMatchObject([{ method: 'INVITE' }, { method: 'BYE', cseq: 8 }]);
    const damaged = await readLadderDocument(CALL_ID, Buffer.concat([data, more.subarray(0, -1)]));
    expect(damaged?.entries).toMatchObject([{ method: 'INVITE' }]);
  });
});
