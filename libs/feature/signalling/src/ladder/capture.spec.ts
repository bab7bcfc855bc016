import { parseMessage } from '@carillon/sip-message';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { CallId, newId, OrganisationId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { CallLadder } from './call-ladder.js';
import { Capture } from './capture.js';
import type { EntryLog } from './entry-log.js';
import { findCallId } from './find-call-id.js';
import { LADDER_LIMITS } from './ladder-limits.js';
import { BLOCK_OCTETS, OctetBlocks } from './octet-blocks.js';

const ends: Partial<Flow> = {
  ...{ id: 'udp:192.0.2.9:5060-192.0.2.1:5060', protocol: 'udp', open: true, onClosed: () => () => undefined },
  ...{ localAddress: '192.0.2.9', localPort: 5060, remoteAddress: '192.0.2.1', remotePort: 5060 },
};
const flow = ends as Flow;

function tapped(
  start: string,
  changes: { callId?: string; method?: string; cseq?: number; direction?: 'in' | 'out' } = {},
) {
  const { callId = 'one', method = 'INVITE', cseq = 1, direction = 'in' } = changes;
  const bytes = Buffer.from(
    `${start}\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`,
  );
  const message = (): ReturnType<TappedMessage['message']> => {
    const parsed = parseMessage(bytes);
    return parsed.ok ? parsed.message : undefined;
  };
  return { direction, flow, bytes, message } satisfies TappedMessage;
}

const invite = (changes = {}) => tapped('INVITE sip:b@x SIP/2.0', changes);
const ladder = (memory = new OctetBlocks()) =>
  new CallLadder({ callId: newId(CallId), organisationId: newId(OrganisationId), startedAt: 0 }, memory);
/** The beginning of each message, the code of each remark. */
const told = (log: EntryLog): string[] =>
  Array.from(
    { length: log.size },
    (_, index) => log.remarkAt(index)?.code ?? log.octetsAt(index).toString('latin1', 0, 7),
  );

function bench() {
  let now = 1000;
  const loose: string[] = [];
  const capture = new Capture(() => now, {
    loose: ({ bytes }) => loose.push(Buffer.from(bytes).toString('latin1', 0, 8)),
  });
  return { capture, loose, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('messages of a call', () => {
  it('belong to it also where they came before it, in the order in which they came', () => {
    const { capture } = bench();
    capture.see(invite());
    capture.see(tapped('SIP/2.0 401 Unauthorized', { direction: 'out' }));
    capture.note('one', { category: 'decision', code: 'a', text: 'A' });
    const call = ladder(capture.memory);
    capture.noteCall(call, { category: 'decision', code: 'b', text: 'B' });
    call.addDialog({ sipCallId: 'one', participant: 'leg', passedOn: false, address: undefined });
    capture.claim('one', call);
    capture.see(tapped('BYE sip:b@x SIP/2.0', { method: 'BYE', cseq: 2 }));
    expect(told(call.log)).toEqual(['INVITE ', 'SIP/2.0', 'a', 'b', 'BYE sip']);
    capture.release(call);
    expect(capture.size).toEqual({ calls: 0, unclaimed: 0 });
    expect(capture.memory.inUse).toBe(BLOCK_OCTETS);
    call.log.forget();
    expect(capture.memory.inUse).toBe(0);
  });

  it('are counted where they are repeated', () => {
    const { capture, pass } = bench();
    const call = ladder();
    capture.claim('one', call);
    for (let time = 0; time < 4; time += 1) {
      capture.see(invite());
      pass(500);
    }
    capture.see(invite({ direction: 'out' }));
    expect(told(call.log)).toEqual(['INVITE ', 'INVITE ']);
    expect(call.log.repetitions()).toMatchObject([{ order: call.log.orderAt(0), repeats: 3, lastRepeatAt: 2500 }]);
  });

  it('are known when they come again, also where they were written and let go of', () => {
    const { capture, pass } = bench();
    const call = ladder(capture.memory);
    capture.claim('one', call);
    capture.see(invite());
    capture.see(invite({ cseq: 2 }));
    const order = call.log.orderAt(1);
    call.letGo(1000);
    expect([call.log.size, capture.memory.inUse, call.unwrittenSince]).toEqual([0, 0, null]);
    pass(500);
    capture.see(invite({ cseq: 2 }));
    capture.see(invite({ cseq: 3 }));
    expect(told(call.log)).toEqual(['INVITE ']);
    expect(call.log.repetitions()).toMatchObject([{ order, repeats: 1, lastRepeatAt: 1500 }]);
    expect(call.unwrittenSince).toBe(1500);
    call.letGo(1500);
    expect(call.log.repetitions()).toEqual([]);
  });

  it.each([true, false])('are known for as long as they may come again, whether let go of (%s) or not', (letsGo) => {
    const { capture } = bench();
    const call = ladder(capture.memory);
    capture.claim('one', call);
    capture.see(invite());
    const order = call.log.orderAt(0);
    for (let cseq = 2; cseq < 40; cseq += 1) capture.see(invite({ cseq }));
    if (letsGo) call.letGo(1000);
    const before = told(call.log).length;
    capture.see(invite());
    expect(told(call.log)).toHaveLength(before);
    expect(call.log.repetitions()).toMatchObject([{ order, repeats: 1 }]);
  });

  it('longer than a block have one of their own, and memory is used again', () => {
    const { capture } = bench();
    const call = ladder(capture.memory);
    capture.claim('one', call);
    for (const subject of ['x'.repeat(6_000), 'y', 'z'.repeat(2_500), 'z'.repeat(2_600)])
      capture.see(tapped(`INVITE sip:${subject}@x SIP/2.0`));
    const lengths = [6_000, 1, 2_500, 2_600];
    for (const [index, length] of lengths.entries())
      expect(call.log.octetsAt(index).indexOf('@')).toBe('INVITE sip:'.length + length);
    call.log.forget();
    expect(capture.memory.inUse).toBe(0);
    capture.see(tapped('INVITE sip:again@x SIP/2.0'));
    expect(capture.memory.inUse).toBe(BLOCK_OCTETS);
  });

  it('that are too many or too long for one call are counted, not kept', () => {
    const { capture } = bench();
    const call = ladder();
    capture.claim('one', call);
    for (let cseq = 1; cseq <= LADDER_LIMITS.messagesPerCall + 7; cseq += 1) capture.see(invite({ cseq }));
    expect(call.messages).toBe(LADDER_LIMITS.messagesPerCall);
    expect(call.notKept).toBe(7);
  });

  it('of nobody are not kept, and cost no memory', () => {
    const { capture, loose } = bench();
    capture.see(tapped('REGISTER sip:x SIP/2.0', { method: 'REGISTER' }));
    capture.see(tapped('SIP/2.0 200 OK', { method: 'REGISTER', direction: 'out' }));
    capture.see(tapped('OPTIONS sip:x SIP/2.0', { method: 'OPTIONS' }));
    expect(loose).toEqual(['REGISTER', 'SIP/2.0 ', 'OPTIONS ']);
    expect(capture.size).toEqual({ calls: 0, unclaimed: 0 });
  });

  it('that never become a call are given up after a while, with what the INVITE was refused with', () => {
    const { capture, pass } = bench();
    capture.see(invite());
    capture.see(tapped('SIP/2.0 401 Unauthorized', { direction: 'out' }));
    capture.see(tapped('SIP/2.0 403 Forbidden', { direction: 'out' }));
    capture.see(tapped('SIP/2.0 481 Unknown', { direction: 'out', method: 'BYE' }));
    expect(capture.expired()).toEqual([]);
    pass(LADDER_LIMITS.unclaimedMs);
    capture.see(invite({ callId: 'two' }));
    expect(capture.expired().map(({ sipCallId, refusal }) => [sipCallId, refusal])).toEqual([['one', 403]]);
    expect(capture.size.unclaimed).toBe(1);
  });

  it('of a flood of INVITEs take bounded memory', () => {
    const { capture } = bench();
    for (let index = 0; index < LADDER_LIMITS.unclaimed + 100; index += 1) capture.see(invite({ callId: `c${index}` }));
    for (let cseq = 1; cseq < 100; cseq += 1) capture.see(invite({ callId: 'c0', cseq }));
    expect(capture.size.unclaimed).toBe(LADDER_LIMITS.unclaimed);
    expect(capture.memory.inUse).toBeLessThanOrEqual(LADDER_LIMITS.octetsUnclaimed + BLOCK_OCTETS);
    expect(capture.expired(Infinity)[0]?.log.size).toBe(LADDER_LIMITS.messagesPerUnclaimed);
    expect(capture.lost).toBeGreaterThanOrEqual(100);
  });
});

describe('a Call-ID', () => {
  it('is found in what goes out without parsing, and by parsing where its name is another', () => {
    const out = invite({ direction: 'out' });
    expect(findCallId({ ...out, message: () => undefined })).toBe('one');
    const compact = Buffer.from(out.bytes.toString().replace('Call-ID:', 'i:'));
    const parsed = parseMessage(compact);
    expect(findCallId({ ...out, bytes: compact, message: () => (parsed.ok ? parsed.message : undefined) })).toBe('one');
    expect(findCallId(invite({ callId: 'x'.repeat(300) }))).toBeUndefined();
  });
});
