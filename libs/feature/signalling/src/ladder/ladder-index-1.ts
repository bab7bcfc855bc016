import type { LadderEntry } from '@carillon/contracts';

/**
 * The index of version 1, which is not written any more: the ladder itself, where a message has the length of its octets
 * in place of them.
 * @throws {TypeError} for what is none
 */
export function readFirstLadderIndex(index: unknown, octets: Buffer): unknown {
  const { entries, ...ladder } = index as { entries: (LadderEntry & { octets?: number })[] };
  let from = 0;
  const whole = entries.map((entry) => {
    if (entry.kind === 'note') return entry;
    const end = from + Number(entry.octets);
    const text = octets.toString('latin1', from, end);
    from = end;
    return { ...entry, octets: text };
  });
  return { ...ladder, entries: whole };
}
