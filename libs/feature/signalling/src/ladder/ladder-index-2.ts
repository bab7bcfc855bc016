import type { Ladder, LadderEntry, LadderNote } from '@carillon/contracts';
import { present } from './ladder-chunk.js';
import { showMessage } from './show-message.js';

/** Since the start, in microseconds. */
type Since = number;
/** A word by its place in `words`; -1 is none. */
type Word = number;

type MessageRow = [
  ...[at: Since, participant: Word, isOut: 0 | 1, way: number, sipCallId: Word, octets: number],
  ...([] | [repeats: number, lastRepeatAt: Since | null]),
];
type NoteRow = [at: Since, participant: Word, category: LadderNote['category'], code: string, text: string];
type WayRow = [
  ...[protocol: string, localAddress: string, localPort: number],
  ...[remoteAddress: string, remotePort: number],
];

/** What a ladder of version 2 said beside the octets of its messages. What recurs stands once. */
interface LadderIndex extends Omit<Ladder, 'entries'> {
  readonly words: string[];
  readonly ways: WayRow[];
  readonly rows: (MessageRow | NoteRow)[];
}

/**
 * The index of version 2, which is not written any more.
 * @returns what ought to be a `Ladder`
 * @throws {TypeError} for what is no index
 */
export function readSecondLadderIndex(index: unknown, octets: Buffer): unknown {
  const { words, ways, rows, ...about } = index as LadderIndex;
  const when = (at: Since): number => about.startedAt + at / 1000;
  let from = 0;
  const entries = rows.map((row): LadderEntry => {
    if (isNote(row)) {
      const [at, whose, category, code, text] = row;
      const participant = whose < 0 ? null : present(words[whose]);
      return { kind: 'note', at: when(at), participant, category, code, text };
    }
    const [at, whose, isOut, way, sipCallId, length, repeats = 0, lastRepeatAt = null] = row;
    const [protocol, localAddress, localPort, remoteAddress, remotePort] = present(ways[way]);
    const text = octets.latin1Slice(from, from + length);
    from += length;
    return showMessage(
      {
        at: when(at),
        participant: present(words[whose]),
        direction: isOut === 1 ? 'out' : 'in',
        ...{ protocol, localAddress, localPort, remoteAddress, remotePort },
        sipCallId: present(words[sipCallId]),
        repeats,
        lastRepeatAt: lastRepeatAt === null ? null : when(lastRepeatAt),
      },
      text,
    );
  });
  return { ...about, entries };
}

const isNote = (row: MessageRow | NoteRow): row is NoteRow => typeof row[2] === 'string';
