import { Party } from '@carillon/contracts';
import { CallId, LegId, newId, OrganisationId } from '@carillon/domain';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import type { Ladder } from '@carillon/contracts';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { HepExport } from './hep/hep-export.js';
import type { LadderDraft } from './ladder-draft.js';
import { LADDER_BUDGET, LADDER_TIMES } from './ladder-limits.js';
import { Ladders } from './ladders.js';
import { showLadder } from './show-ladder.js';

const ORGANISATION = newId(OrganisationId);
const flow = {
  protocol: 'udp',
  localAddress: '0.0.0.0',
  localPort: 5060,
  remoteAddress: '192.0.2.1',
  remotePort: 5070,
};
const party = Party.parse({ number: '1001', name: 'Alice', userId: null });

function message(start: string, callId: string, direction: 'in' | 'out' = 'out'): TappedMessage {
  const bytes = Buffer.from(
    `${start}\r\nFrom: <sip:a@known>\r\nTo: <sip:b@known>\r\nCall-ID: ${callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
  );
  return {
    direction,
    flow: flow as unknown as Flow,
    bytes,
    message: () => ({ callId }) as ReturnType<TappedMessage['message']>,
  };
}

function bench({ keeps = true } = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const written: Ladder[] = [];
  const parts = { clock, logger: silentLogger(), advertised: '192.0.2.9' };
  const hep = new HepExport({
    ...parts,
    now: () => clock.now(),
    defaultDomain: 'known',
    sent: () => undefined,
    dropped: () => undefined,
  });
  const ladders = new Ladders({
    ...{ ...parts, hep, keeps: () => keeps, exports: () => false },
    writer: { write: (draft: LadderDraft) => void written.push(showLadder(draft)), close: () => Promise.resolve() },
    organisationOf: (host) => Promise.resolve(host === 'known' ? ORGANISATION : undefined),
  });
  const call = { callId: newId(CallId), organisationId: ORGANISATION, startedAt: clock.now() };
  const join = (which = call, sipCallId = 'one'): void =>
    ladders.join(which, { legId: newId(LegId), role: 'caller', party }, { sipCallId, device: 'Desk phone' });
  return { clock, ladders, written, call, join };
}
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((settle) => setImmediate(settle));
};

describe('a ladder', () => {
  it('is written when nothing more comes after the end, with what came late', () => {
    const { clock, ladders, written, call, join } = bench();
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    join();
    ladders.ended({ callId: call.callId, outcome: 'answered' });
    clock.advance(LADDER_TIMES.lingerMs - 1000);
    ladders.tap(message('SIP/2.0 200 OK', 'one'));
    clock.advance(LADDER_TIMES.lingerMs - 1000);
    expect(written).toEqual([]);
    expect(ladders.read(ORGANISATION, call.callId)?.live).toBe(false);
    clock.advance(2000);
    expect(written.map(({ entries, live }) => [entries.length, live])).toEqual([[2, false]]);
    expect(written[0]?.entries[0]).toMatchObject({ local: { address: '192.0.2.9' } });
    expect(ladders.figures).toMatchObject({ ladders: 0, octets: 0, calls: 0 });
  });

  it('of a long call is written from time to time, where there is something new', () => {
    const { clock, ladders, written, join } = bench();
    join();
    clock.advance(LADDER_TIMES.firstWriteMs + 1000);
    expect(written).toHaveLength(1);
    clock.advance(200_000);
    expect(written).toHaveLength(1);
    ladders.tap(message('BYE sip:b@known SIP/2.0', 'one'));
    clock.advance(1000);
    expect(written.map(({ live }) => live)).toEqual([true, true]);
  });

  it('is read by its organisation only, and by nobody where none are kept', () => {
    const { ladders, call, join } = bench();
    join();
    expect(ladders.read(ORGANISATION, call.callId)).toBeDefined();
    expect(ladders.read(newId(OrganisationId), call.callId)).toBeUndefined();
    const off = bench({ keeps: false });
    off.join();
    off.ladders.note(off.call, { category: 'decision', code: 'a', text: 'A' });
    expect(off.ladders.read(ORGANISATION, off.call.callId)).toBeUndefined();
    expect(off.ladders.figures.octets).toBe(0);
  });

  it('of an INVITE that was refused is kept where it names a domain of ours', async () => {
    const { clock, ladders, written } = bench();
    for (const [callId, domain] of [
      ['a', 'known'],
      ['b', 'unknown'],
    ] as const) {
      const invite = message(`INVITE sip:x@${domain} SIP/2.0`, callId, 'in');
      const bytes = Buffer.from(
        Buffer.from(invite.bytes).toString().replaceAll('known', domain).replaceAll('ununknown', domain),
      );
      ladders.tap({ ...invite, bytes });
      ladders.tap(message('SIP/2.0 403 Forbidden', callId));
    }
    clock.advance(11_000);
    await settled();
    expect(written.map(({ refused }) => refused)).toEqual([{ status: 403, from: 'sip:a@known', to: 'sip:x@known' }]);
  });

  it('of a usual call is given up before others where there is too much to do', () => {
    const { clock, ladders, written, join } = bench();
    const calls = Array.from({ length: LADDER_BUDGET.waiting + 50 }, () => ({
      ...{ callId: newId(CallId), organisationId: ORGANISATION, startedAt: clock.now() },
    }));
    for (const [index, call] of calls.entries()) {
      join(call, `call-${index}`);
      ladders.ended({ callId: call.callId, outcome: index % 2 === 0 ? 'answered' : 'failed' });
    }
    clock.advance(LADDER_TIMES.lingerMs + 500);
    expect(ladders.figures.givenUp).toBe(50);
    const kept = new Set(written.map(({ callId }) => callId));
    const others = calls.filter((_call, index) => index % 2 === 1);
    for (const { callId } of others)
      expect(kept.has(callId) || ladders.read(ORGANISATION, callId) !== undefined).toBe(true);
  });

  it('of a call that is only passed on tells the two sides apart by their addresses', () => {
    const { ladders, call } = bench();
    const there = { ...flow, remoteAddress: '192.0.2.7', remotePort: 5060 } as unknown as Flow;
    ladders.tap(message('INVITE sip:b@known SIP/2.0', 'one', 'in'));
    const device = { sipCallId: 'one', device: 'Desk phone', passedOn: true };
    ladders.join(call, { legId: newId(LegId), role: 'caller', party }, device);
    ladders.tap({ ...message('INVITE sip:b@192.0.2.7 SIP/2.0', 'one'), flow: there });
    const { participants = [], entries = [] } = ladders.read(ORGANISATION, call.callId) ?? {};
    expect(participants.map(({ label }) => label)).toEqual(['Alice', 'Carillon', '192.0.2.7:5060']);
    expect(entries.map(({ participant }) => participant)).toEqual([participants[0]?.id, '192.0.2.7:5060']);
  });

  it('is written at the end of the service, whatever was going on', async () => {
    const { ladders, written, join } = bench();
    join();
    await ladders.close();
    expect(written).toHaveLength(1);
    expect(ladders.figures).toMatchObject({ ladders: 0, octets: 0 });
  });
});
