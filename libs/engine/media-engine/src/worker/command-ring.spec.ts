import { describe, expect, it } from 'vitest';
import { CommandRing, MESSAGE } from './command-ring.js';

const ONE = { id: 1 };
const TWO = { id: 2 };

function pairOfSides(): { writer: CommandRing; reader: CommandRing } {
  const writer = new CommandRing();
  return { writer, reader: new CommandRing(writer.memory) };
}

function readAll(reader: CommandRing): unknown[] {
  const all: unknown[] = [];
  for (let one = reader.read(); one !== undefined; one = reader.read()) {
    if (one === MESSAGE) reader.passFence();
    all.push(one);
  }
  return all;
}

describe('commands in shared memory', () => {
  it('arrive as they were, in their order', () => {
    const { writer, reader } = pairOfSides();
    expect(reader.read()).toBeUndefined();
    const commands = [{ id: 1, name: 'Zoë 🎵' }, { id: 2, keys: [1, 2, 3], none: null }, { id: 3 }];
    for (const command of commands) expect(writer.write(command)).toBe(true);
    expect(readAll(reader)).toEqual(commands);
  });

  it('keep their order over the end of the ring, whatever their length, up to the last free word', () => {
    const { writer, reader } = pairOfSides();
    const expected: number[] = [];
    const got: number[] = [];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let refused = 0;
    for (let id = 0; id < 5000; id += 1) {
      const written = writer.write({ id, filling: 'x'.repeat(random(6000)) });
      if (written) expected.push(id);
      else refused += 1;
      // Falls behind in some stretches, so that it is full again and again.
      if (id % 300 > 150) for (let taken = random(4); taken > 0; taken -= 1) take();
    }
    function take(): void {
      const command = reader.read() as { id: number } | undefined;
      if (command !== undefined) got.push(command.id);
    }
    got.push(...(readAll(reader) as { id: number }[]).map(({ id }) => id));
    expect(refused).toBeGreaterThan(100);
    expect(got).toEqual(expected);
  });

  it('say where a message belongs, and are refused when they are too long or nobody reads', () => {
    const { writer, reader } = pairOfSides();
    expect(writer.write({ path: 'x'.repeat(20_000) })).toBe(false);
    writer.write(ONE);
    expect(writer.writeFence()).toBe(true);
    writer.write(TWO);
    expect([reader.read(), reader.read(), reader.read()]).toEqual([ONE, MESSAGE, MESSAGE]);
    expect(readAll(reader)).toEqual([MESSAGE, TWO]);
    let fences = 0;
    while (writer.writeFence()) fences += 1;
    expect(fences).toBe(256 * 256 - 1);
    expect(readAll(reader)).toHaveLength(fences);
    expect(writer.write(ONE)).toBe(true);
    expect(readAll(reader)).toEqual([ONE]);
  });

  it('wake who sleeps, and let nobody fall asleep over them', () => {
    const { writer, reader } = pairOfSides();
    expect(writer.readerSleeps).toBe(false);
    expect(reader.sleep()).toBe(true);
    expect(writer.readerSleeps).toBe(true);
    reader.wake();
    writer.write(ONE);
    expect(reader.sleep()).toBe(false);
    expect(writer.readerSleeps).toBe(false);
  });
});
