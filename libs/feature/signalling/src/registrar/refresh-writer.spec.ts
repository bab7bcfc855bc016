import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { describe, expect, it } from 'vitest';
import { testBinding, testDevice } from '../testing/binding.js';
import type { Binding } from './binding.js';
import { RefreshWriter, STORED_EXPIRY_GRACE_MS } from './refresh-writer.js';

function writerWith({ away = false } = {}) {
  const clock = new ManualClock(1_000_000);
  const written: string[][] = [];
  const state = { away };
  const write = (_: string, bindings: readonly Binding[]): Promise<void> => {
    if (state.away) return Promise.reject(new Error('Away'));
    written.push(bindings.map(({ key, expiresAt }) => `${key} ${expiresAt - 1_000_000}`));
    return Promise.resolve();
  };
  const writer = new RefreshWriter(write, clock, silentLogger());
  const renew = (binding: Binding, seconds: number): void => {
    (binding as { expiresAt: number }).expiresAt = clock.now() + seconds * 1000;
    writer.noteRefresh(binding);
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((settle) => setImmediate(settle));
  };
  return { clock, written, writer, state, renew, pass };
}

const stored = (key: string, device = testDevice()): Binding =>
  testBinding(`<sip:${key}@h>`, { key, device, expiresAt: 1_000_000 + 3_600_000 });

describe('refreshes', () => {
  it('are written together, and each binding once a minute however often it is renewed', async () => {
    const { written, writer, renew, pass } = writerWith();
    const device = testDevice();
    const [one, two] = [stored('a', device), stored('b', device)];
    for (const binding of [one, two]) writer.noteStored(binding);
    for (let second = 0; second < 180; second += 1) {
      await pass(1_000);
      renew(one, 3600);
      renew(two, 3600);
    }
    expect(written.length).toBeLessThanOrEqual(3);
    expect(written.every((batch) => batch.length === 2)).toBe(true);
  });

  it('of phones that came together are written a part at a time, the first ones first, and all in time', async () => {
    const { written, writer, renew, pass } = writerWith();
    const device = testDevice();
    const bindings = Array.from({ length: 5_000 }, (_, index) => stored(`p${index}`, device));
    for (const binding of bindings) writer.noteStored(binding);
    await pass(61_000);
    for (const binding of bindings) renew(binding, 3600);
    await pass(1_000);
    expect(written.map((batch) => batch.length)).toEqual([250]);
    expect(written[0]?.[0]).toMatch(/^p0 /);
    for (let second = 0; second < 20; second += 1) await pass(1_000);
    expect(new Set(written.flat()).size).toBe(5_000);
  });

  it('never lag behind by more than a stored binding is good for after a kill', async () => {
    const { clock, writer, renew, pass, written } = writerWith();
    const binding = stored('a');
    writer.noteStored(binding);
    let inDatabase = binding.expiresAt;
    for (let second = 0; second < 900; second += 7) {
      await pass(7_000);
      renew(binding, 3600);
      await pass(1_000);
      const last = written.at(-1)?.[0];
      if (last !== undefined) inDatabase = 1_000_000 + Number(last.split(' ')[1]);
      expect(binding.expiresAt - inDatabase).toBeLessThan(STORED_EXPIRY_GRACE_MS);
    }
    expect(clock.now()).toBeGreaterThan(1_900_000);
  });

  it('that cannot be written are asked for again by the next, and a binding that went is left alone', async () => {
    const { written, writer, state, renew, pass } = writerWith({ away: true });
    const [one, two] = [stored('a'), stored('b')];
    for (const binding of [one, two]) writer.noteStored(binding);
    await pass(70_000);
    renew(one, 3600);
    renew(two, 3600);
    writer.forget(two);
    await pass(1_000);
    expect(written).toEqual([]);
    state.away = false;
    renew(one, 3600);
    await pass(1_000);
    expect(written).toEqual([['a 3671000']]);
  });

  it('are all written by a clean stop', async () => {
    const { written, writer, renew, pass } = writerWith();
    const binding = stored('a');
    writer.noteStored(binding);
    await pass(5_000);
    renew(binding, 3600);
    await writer.close([binding]);
    expect(written).toEqual([['a 3605000']]);
  });
});
