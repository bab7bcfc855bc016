import type { Ladder, LadderMessage, LadderNote } from '@carillon/contracts';
import { CallId } from '@carillon/domain';

const CALL_ID = CallId.parse('01990000-0000-7000-8000-000000000001');

/** A message of a call between 192.0.2.1 and Carillon. For specs. */
export function exampleMessage(changes: Partial<LadderMessage> & { start: string }): LadderMessage {
  const { start, ...rest } = changes;
  const cseq = rest.cseq ?? 1;
  const method = rest.method ?? 'INVITE';
  const octets = [
    start,
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
    'Max-Forwards: 70',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    `Call-ID: ${rest.sipCallId ?? 'leg-a@192.0.2.1'}`,
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:alice@192.0.2.1>',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
  return {
    kind: 'message',
    at: 1_700_000_000_000.125,
    participant: 'a',
    direction: 'in',
    protocol: 'udp',
    local: { address: '192.0.2.9', port: 16_500 },
    remote: { address: '192.0.2.1', port: 5060 },
    sipCallId: 'leg-a@192.0.2.1',
    ...{ method, cseq, status: null, reason: '', sdp: false, repeats: 0, lastRepeatAt: null, octets },
    ...rest,
  };
}

export function exampleNote(code: string, text: string): LadderNote {
  return { kind: 'note', at: 1_700_000_000_001, participant: null, category: 'decision', code, text };
}

export function exampleLadder(entries: Ladder['entries'], changes: Partial<Ladder> = {}): Ladder {
  return {
    callId: CALL_ID,
    startedAt: 1_700_000_000_000,
    live: false,
    participants: [
      { id: 'a', kind: 'caller', label: 'Alice Archer', detail: 'Desk phone' },
      { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null },
      { id: 'b', kind: 'callee', label: 'Bob Baker', detail: 'Desk phone' },
    ],
    entries,
    notKept: 0,
    refused: null,
    ...changes,
  };
}
