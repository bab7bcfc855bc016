import type { LadderNote } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import type { KeptMessage } from './kept-entry.js';
import { decodeLadder, encodeLadder } from './ladder-document.js';
import type { DraftMessage, LadderDraft } from './ladder-draft.js';
import { showLadder } from './show-ladder.js';

const STARTED_AT = 1_700_000_000_000;

function message(text: string, changes: Partial<KeptMessage> = {}): DraftMessage {
  const octets = Buffer.from(text, 'latin1');
  const kept: KeptMessage = {
    ...{ kind: 'message', order: 1, at: STARTED_AT + 0.25, sipCallId: '1', direction: 'in', protocol: 'udp' },
    ...{ localAddress: '0.0.0.0', localPort: 5060, remoteAddress: '2001:db8::1', remotePort: 5060 },
    ...{ bytes: octets, repeats: 0, lastRepeatAt: null },
    ...changes,
  };
  return { kind: 'message', kept, participant: 'a', localAddress: '192.0.2.9', octets };
}
const note: LadderNote = { kind: 'note', at: 1, participant: null, category: 'timer', code: 'x', text: '→' };

const draft: LadderDraft = {
  ...{ callId: CallId.parse('01990000-0000-7000-8000-000000000001'), startedAt: STARTED_AT, live: false, notKept: 1 },
  participants: [{ id: 'a', kind: 'caller', label: 'Älice', detail: null }],
  entries: [
    message('INVITE sip:b@x SIP/2.0\r\nCSeq: 7 INVITE\r\nContent-Type: application/sdp\r\n\r\n\u00ff\u0000'),
    note,
    message('', { direction: 'out', repeats: 2, lastRepeatAt: STARTED_AT + 500 }),
    { ...note, participant: 'a', at: STARTED_AT + 1_800_000.125 },
    message(`SIP/2.0 200 OK\r\n${'Via: x\r\n'.repeat(300)}\r\n`, { remotePort: 5062, sipCallId: '2', repeats: 1 }),
  ],
  refused: { status: 403, from: 'sip:a@x', to: 'sip:b@x' },
};

/** Of an INVITE and a note, as version 1 wrote them. */
const FIRST_VERSION =
  'AaWWUQqDMAyGZfexJB3i6pNXsdsYwkAYe/AAYwfYlXaTnUQSFxtClcFehII0Jv//f7EodnfFAsAQqImSH9RWSRuBj9wdAFX4ixedCawGxvtx7Y80VoktZyQf3A0NnK+sDFRV69BTcH+SIXgHzrtgJ5uTwQNgc4qHptkUAlv83kqvWU3ExHUy8ezFxcVrHvbWw8mZFTlTzOxhr8y8QkA0I5y/QRGQF2HC35ig93m+GLcL9nADe3GI7Xns6CfUDbeLECnHJxmagQ8KaxgrHVlI3zhjBhV5TEnanoIgJY0Ap040yjFnAg==';

describe('a document', () => {
  it('gives back the ladder, octet for octet, and is small', async () => {
    const data = encodeLadder(draft);
    const shown = showLadder(draft);
    expect(await decodeLadder(data)).toEqual(shown);
    expect(shown.entries[0]).toMatchObject({ method: 'INVITE', cseq: 7, sdp: true, local: { address: '192.0.2.9' } });
    expect(data.length).toBeLessThan(420);
  });

  it('of the version before is read as well', async () => {
    const ladder = await decodeLadder(Buffer.from(FIRST_VERSION, 'base64'));
    expect(ladder).toMatchObject({
      ...{ callId: draft.callId, participants: [{ label: 'Älice' }], notKept: 1 },
      entries: [
        { kind: 'message', at: STARTED_AT + 0.25, method: 'INVITE', cseq: 7, remote: { address: '2001:db8::1' } },
        { kind: 'note', at: STARTED_AT + 1, text: '→' },
      ],
    });
    expect(ladder?.entries[0]).toMatchObject({ octets: expect.stringMatching(/^INVITE .*\r\n\r\n$/s) as string });
  });

  it('that is none, is cut off or changed is told', async () => {
    const data = encodeLadder(draft);
    for (const broken of [
      Buffer.alloc(0),
      Buffer.of(9),
      data.subarray(0, 40),
      Buffer.concat([data.subarray(0, 30), Buffer.alloc(60, 7)]),
      Buffer.concat([Buffer.of(1), data.subarray(1)]),
    ])
      expect(await decodeLadder(broken)).toBeUndefined();
  });
});
