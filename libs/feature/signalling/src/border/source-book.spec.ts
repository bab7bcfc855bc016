import { OrganisationId, UserId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { isScanner, offenceOfStatus } from './offences.js';
import { SourceBook } from './source-book.js';

const MINUTE = 60_000;
const liftAt = (now: number) => ({
  ...{ at: now, byName: 'Ada', byUserId: UserId.parse(crypto.randomUUID()) },
  organisationId: OrganisationId.parse(crypto.randomUUID()),
});
const at = (now: number, domain: string | null = null) => ({ domain, now });

describe('bans', () => {
  it('come at once for a scanner, and after some wrong passwords for a guesser', () => {
    const book = new SourceBook();
    expect(book.note('192.0.2.1', 'scanner', at(0))).toMatchObject({ source: '192.0.2.1', reason: 'scanner' });
    let tries = 0;
    while (book.note('192.0.2.2', 'wrong-credentials', at(0, 'a.test')) === undefined) tries += 1;
    expect(tries).toBe(12);
    expect(book.list(1).map(({ source, domain }) => [source, domain])).toEqual([
      ['192.0.2.2', 'a.test'],
      ['192.0.2.1', null],
    ]);
  });

  it('do not come for a phone that tries a wrong password every half minute for ever', () => {
    const book = new SourceBook();
    for (let now = 0; now < 600 * MINUTE; now += MINUTE / 2) {
      // Its challenge and its refusal.
      expect(book.note('192.0.2.3', 'unanswered-challenge', at(now))).toBeUndefined();
      expect(book.note('192.0.2.3', 'wrong-credentials', at(now))).toBeUndefined();
    }
  });

  it('last longer each time, and are over when they are over', () => {
    const book = new SourceBook();
    const first = book.note('192.0.2.4', 'scanner', at(0));
    expect(first?.until).toBe(10 * MINUTE);
    expect(book.refuses('192.0.2.4', 10 * MINUTE - 1)).toBe(true);
    expect(book.refuses('192.0.2.4', 10 * MINUTE)).toBe(false);
    const second = book.note('192.0.2.4', 'scanner', at(11 * MINUTE));
    expect(second).toMatchObject({ times: 2, until: 71 * MINUTE });
    const third = book.note('192.0.2.4', 'scanner', at(72 * MINUTE));
    expect(third).toMatchObject({ times: 3, until: (72 + 24 * 60) * MINUTE });
    const muchLater = book.note('192.0.2.4', 'scanner', at(100 * 24 * 60 * MINUTE));
    expect(muchLater?.times).toBe(1);
  });

  it('count what they throw away, and can be lifted', () => {
    const book = new SourceBook();
    book.note('192.0.2.5', 'scanner', at(0));
    for (let i = 0; i < 7; i++) book.refuses('192.0.2.5', 5);
    expect(book.list(5)[0]?.dropped).toBe(7);
    expect(book.lift('192.0.2.5', liftAt(6))).toBe(true);
    expect(book.lift('192.0.2.5', liftAt(7))).toBe(false);
    expect(book.refuses('192.0.2.5', 8)).toBe(false);
    expect(book.listLifted(9)).toMatchObject([{ source: '192.0.2.5', lifted: { byName: 'Ada', at: 6 } }]);
    expect(book.listLifted(25 * 60 * MINUTE)).toEqual([]);
  });

  it('that were lifted leave nothing behind: it takes as much as at first, and lasts as long', () => {
    const book = new SourceBook();
    const guess = (now: number) => book.note('192.0.2.7', 'wrong-credentials', at(now));
    for (let i = 0; i < 12; i++) guess(0);
    expect(guess(0)?.times).toBe(1);
    book.lift('192.0.2.7', liftAt(1));
    for (let i = 0; i < 12; i++) expect(guess(2)).toBeUndefined();
    expect(guess(2)).toMatchObject({ times: 1, until: 2 + 10 * MINUTE, lifted: null });
    expect(book.listLifted(3)).toEqual([]);
  });

  it('are as they were after a restart, and go on from there', () => {
    const before = new SourceBook();
    before.note('192.0.2.8', 'scanner', at(0));
    before.note('192.0.2.9', 'scanner', at(1));
    before.lift('192.0.2.9', liftAt(2));
    const changed: string[] = [];
    const after = new SourceBook((source) => changed.push(source));
    after.restore(['192.0.2.8', '192.0.2.9'].flatMap((source) => before.find(source) ?? []));
    expect(after.list(3)).toEqual(before.list(3));
    expect(after.listLifted(3)).toEqual(before.listLifted(3));
    expect(after.refuses('192.0.2.8', 3)).toBe(true);
    expect(changed).toEqual([]);
    expect(after.note('192.0.2.8', 'scanner', at(11 * MINUTE))?.times).toBe(2);
    expect(changed).toEqual(['192.0.2.8']);
  });

  it('forget what a source did wrong once it does something right', () => {
    const book = new SourceBook();
    for (let i = 0; i < 12; i++) book.note('192.0.2.6', 'wrong-credentials', at(0));
    book.forgive('192.0.2.6');
    for (let i = 0; i < 12; i++) expect(book.note('192.0.2.6', 'wrong-credentials', at(0))).toBeUndefined();
  });

  it('stay bounded when the whole Internet misbehaves', () => {
    const gone = new Set<string>();
    const book = new SourceBook((source) => book.find(source) === undefined && gone.add(source));
    for (let i = 0; i < 50_000; i++) {
      book.note(`suspect-${i}`, 'malformed', at(i));
      book.note(`scanner-${i}`, 'scanner', at(i));
    }
    expect(book.size).toEqual({ suspects: 20_000, bans: 10_000 });
    expect(gone.size).toBe(40_000);
  });
});

it('reads offences from our own answers', () => {
  expect([200, 180, 486, 503].map(offenceOfStatus)).toEqual([undefined, undefined, undefined, undefined]);
  expect([400, 401, 403, 404, 407, 413].map(offenceOfStatus)).toEqual([
    'malformed',
    'unanswered-challenge',
    'wrong-credentials',
    'unknown-domain',
    'unanswered-challenge',
    'malformed',
  ]);
});

it('knows scanners by their names, and phones are none', () => {
  expect(['friendly-scanner', 'sipvicious', 'sipcli/v1.8', 'Nmap'].every(isScanner)).toBe(true);
  expect(
    ['Linphone/5.1', 'baresip v1.0.0', 'Yealink SIP-T46S', 'Asterisk PBX', 'Zoiper rv2', 'snomD785'].some(isScanner),
  ).toBe(false);
});
