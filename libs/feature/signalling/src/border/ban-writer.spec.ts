import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { BanWriter } from './ban-writer.js';
import type { Ban } from './source-book.js';

const ban = (source: string, dropped = 0): Ban => ({
  ...{ source, reason: 'scanner', domain: null, since: 0, until: 600_000, times: 1, dropped, lifted: null },
});

function bench() {
  const bans = new Map<string, Ban>();
  const rows = new Map<string, Ban>();
  const writes: number[] = [];
  const state = { away: false };
  const records = {
    write: async ({ keep, remove }: { keep: readonly Ban[]; remove: readonly string[] }) => {
      await Promise.resolve();
      if (state.away) throw new Error('away');
      writes.push(keep.length + remove.length);
      for (const one of keep) rows.set(one.source, one);
      for (const source of remove) rows.delete(source);
    },
  };
  const clock = new ManualClock();
  const writer = new BanWriter(records, (source) => bans.get(source), { clock, logger: silentLogger() });
  const add = (one: Ban): void => {
    bans.set(one.source, one);
    writer.note(one.source);
  };
  return { bans, rows, writes, state, clock, writer, add };
}

describe('bans', () => {
  it('are written behind, as they stand, many at a time', async () => {
    const { add, rows, writes, writer, bans } = bench();
    for (let i = 0; i < 1200; i++) add(ban(`source-${i}`));
    bans.set('source-3', ban('source-3', 7));
    await writer.settled();
    expect(rows.size).toBe(1200);
    expect(rows.get('source-3')?.dropped).toBe(7);
    expect(writes.every((size) => size <= 500)).toBe(true);
    bans.delete('source-3');
    writer.note('source-3');
    await writer.settled();
    expect(rows.has('source-3')).toBe(false);
  });

  it('wait while the database is away, and none is lost', async () => {
    const { add, rows, state, clock, writer } = bench();
    state.away = true;
    add(ban('a'));
    await writer.settled();
    add(ban('b'));
    await writer.settled();
    expect(rows.size).toBe(0);
    await expect(writer.writeNow('a')).rejects.toThrow('away');
    state.away = false;
    clock.advance(1_000);
    await writer.settled();
    expect([...rows.keys()].sort()).toEqual(['a', 'b']);
  });

  it('are written a last time at the end, with what they have thrown away', async () => {
    const { add, rows, writer } = bench();
    add(ban('a'));
    await writer.settled();
    await writer.close([ban('a', 5)].map((one) => (add(one), one)));
    expect(rows.get('a')?.dropped).toBe(5);
  });
});
