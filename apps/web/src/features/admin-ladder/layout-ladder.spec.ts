import { Ladder } from '@carillon/contracts';
import { describe, expect, it } from 'vitest';
import { formatDelta, kindOf, sayEntry, textOf, titleOf } from './describe-entry.js';
import { findFailure, layOutLadder, SHOW_ALL } from './layout-ladder.js';

const message = (at: number, changes: object) => ({
  ...{ kind: 'message', at, participant: 'a', direction: 'in', protocol: 'udp', sipCallId: '1', cseq: 1 },
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address: '192.0.2.1', port: 5060 },
  ...{ method: 'INVITE', status: null, reason: '', sdp: true, repeats: 0, lastRepeatAt: null, octets: 'x' },
  ...changes,
});
const note = (at: number, changes: object) => ({
  ...{ kind: 'note', at, participant: null, category: 'decision', code: 'call.routed', text: 'Goes to Bob' },
  ...changes,
});

const ladder = Ladder.parse({
  callId: '01990000-0000-7000-8000-000000000001',
  startedAt: 1000,
  live: false,
  participants: [
    { id: 'a', kind: 'caller', label: 'Alice', detail: 'Desk phone' },
    { id: 'carillon', kind: 'carillon', label: 'Carillon', detail: null },
    { id: 'application:voicemail', kind: 'application', label: 'Voicemail', detail: null },
  ],
  entries: [
    message(1000, {}),
    message(1002, { direction: 'out', status: 100, reason: 'Trying', sdp: false }),
    note(1003, {}),
    note(1004, { participant: 'application:voicemail', text: `Sent to voicemail ${'because '.repeat(20)}` }),
    message(1500, { direction: 'out', status: 200, reason: 'OK', repeats: 2 }),
    message(1510, { method: 'ACK', sdp: false }),
  ],
  notKept: 0,
  refused: null,
});

describe('the layout of a ladder', () => {
  it('has arrows from sender to receiver, one below the other, with times', () => {
    const { rows, columns, height } = layOutLadder(ladder, SHOW_ALL, 900);
    const [a, carillon, voicemail] = columns.map(({ x }) => x);
    expect(rows.map(({ from, to }) => [from, to])).toEqual([
      [a, carillon],
      [carillon, a],
      [undefined, undefined],
      [carillon, voicemail],
      [carillon, a],
      [a, carillon],
    ]);
    expect(rows.map(({ offset, delta }) => [offset, delta])).toEqual([
      [0, 0],
      [2, 2],
      [3, 1],
      [4, 1],
      [500, 496],
      [510, 10],
    ]);
    for (const [index, row] of rows.entries()) expect((rows[index + 1]?.y ?? height) >= row.y + row.height).toBe(true);
    expect(rows[3]?.lines.length).toBeGreaterThan(1);
  });

  it('leaves out what is filtered, and keeps the numbers', () => {
    const { rows } = layOutLadder(ladder, { trying: false, acknowledgements: false, decisions: false, text: '' }, 900);
    expect(rows.map(({ index }) => index)).toEqual([0, 4]);
    expect(rows[1]?.delta).toBe(500);
  });

  it('shows what has a text in it, in its title, its octets or its words', () => {
    const shown = (text: string) => layOutLadder(ladder, { ...SHOW_ALL, text }, 900).rows.map(({ index }) => index);
    expect(shown(' ok ')).toEqual([4]);
    expect(shown('goes to bob')).toEqual([2]);
    expect(shown('X')).toEqual([0, 1, 4, 5]);
    expect(shown('nothing of that')).toEqual([]);
  });

  it('finds the message that says why a call failed: what the caller was told, before what phones said', () => {
    expect(findFailure(ladder)).toBeUndefined();
    const failed = (entries: object[]) => findFailure(Ladder.parse({ ...ladder, entries }));
    const busy = message(1, { participant: 'b', status: 486, reason: 'Busy Here' });
    const challenge = message(2, { direction: 'out', status: 401, reason: 'Unauthorized' });
    expect(failed([challenge, busy])).toBe(1);
    expect(failed([message(0, { direction: 'out', status: 480 }), challenge, busy])).toBe(0);
  });

  it('finds no failure in phones that stopped ringing because another answered, or that were busy beside it', () => {
    const entries = [
      message(1, { participant: 'b', status: 486, reason: 'Busy Here' }),
      message(2, { participant: 'c', status: 200, reason: 'OK' }),
      message(3, { direction: 'out', status: 200, reason: 'OK' }),
      message(4, { participant: 'd', status: 487, reason: 'Request Terminated' }),
    ];
    expect(findFailure(Ladder.parse({ ...ladder, entries }))).toBeUndefined();
    const later = message(5, { direction: 'out', method: 'INFO', status: 469, reason: 'Bad Info Package' });
    expect(findFailure(Ladder.parse({ ...ladder, entries: [...entries, later] }))).toBe(4);
    const transfer = message(6, { participant: 'e', status: 503, reason: 'Service Unavailable' });
    expect(findFailure(Ladder.parse({ ...ladder, entries: [...entries, transfer] }))).toBe(4);
  });

  it('keeps columns apart on a narrow screen', () => {
    const { columns, width } = layOutLadder(ladder, SHOW_ALL, 200);
    expect((columns[1]?.x ?? 0) - (columns[0]?.x ?? 0)).toBeGreaterThanOrEqual(100);
    expect(width).toBeGreaterThan(390);
  });
});

describe('a message in words', () => {
  it.each([
    [null, 'INVITE', 'request', 'INVITE'],
    [null, 'BYE', 'ending', 'BYE'],
    [180, 'INVITE', 'provisional', '180 R'],
    [200, 'INVITE', 'success', '200 R'],
    [200, 'BYE', 'success', '200 R (BYE)'],
    [302, 'INVITE', 'again', '302 R'],
    [407, 'INVITE', 'again', '407 R'],
    [486, 'INVITE', 'failure', '486 R'],
  ])('%s %s is a %s', (status, method, kind, title) => {
    expect(kindOf({ status, method })).toBe(kind);
    expect(titleOf({ status, method, reason: 'R' })).toBe(title);
  });

  it('is told as a sentence, and read as UTF-8', () => {
    const entry = ladder.entries[4];
    expect(entry && sayEntry(entry, () => 'Alice')).toBe(
      '200 OK, Carillon to Alice, with a session description, repeated 2 times',
    );
    expect(textOf({ octets: 'B\u00c3\u00b6b' })).toBe('Böb');
  });

  it.each([
    [0, '<1 ms'],
    [12.4, '+12 ms'],
    [3210, '+3.2 s'],
    [120_000, '+2 min'],
  ])('%s ms after the one before is %s', (delta, text) => expect(formatDelta(delta)).toBe(text));
});
