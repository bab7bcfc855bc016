import type { Ladder, LadderEntry, LadderNote } from '@carillon/contracts';
import type { DraftMessage, LadderDraft } from './ladder-draft.js';
import { showMessage } from './show-ladder.js';

/** Since the start, in microseconds: shorter, and quicker to write, than milliseconds with a fraction. */
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

/**
 * What a stored ladder says beside the octets of its messages. What can be read in those (method, status, whether there is
 * SDP) is read when somebody looks; what recurs stands once.
 */
interface LadderIndex extends Omit<Ladder, 'entries'> {
  readonly words: string[];
  readonly ways: WayRow[];
  readonly rows: (MessageRow | NoteRow)[];
}

/** As JSON. */
export function writeLadderIndex({ entries, ...about }: LadderDraft): string {
  const words: string[] = [];
  const ways: WayRow[] = [];
  const since = (at: number): Since => Math.round((at - about.startedAt) * 1000);
  const wordOf = (text: string): Word => {
    const known = words.indexOf(text);
    return known < 0 ? words.push(text) - 1 : known;
  };
  const rows = entries.map((entry): MessageRow | NoteRow => {
    if (entry.kind === 'note') {
      const { at, participant, category, code, text } = entry;
      return [since(at), participant === null ? -1 : wordOf(participant), category, code, text];
    }
    const { at, direction, sipCallId, repeats, lastRepeatAt } = entry.kept;
    const isOut = direction === 'out' ? 1 : 0;
    const { length } = entry.octets;
    const whose = wordOf(entry.participant);
    if (repeats === 0) return [since(at), whose, isOut, wayOf(ways, entry), wordOf(sipCallId), length];
    const again = lastRepeatAt === null ? null : since(lastRepeatAt);
    return [since(at), whose, isOut, wayOf(ways, entry), wordOf(sipCallId), length, repeats, again];
  });
  const index: LadderIndex = { ...about, words, ways, rows };
  return JSON.stringify(index);
}

function wayOf(ways: WayRow[], { kept, localAddress }: DraftMessage): number {
  const { protocol, localPort, remoteAddress, remotePort } = kept;
  const known = ways.findIndex(
    (way) =>
      way[4] === remotePort &&
      way[3] === remoteAddress &&
      way[2] === localPort &&
      way[1] === localAddress &&
      way[0] === protocol,
  );
  return known < 0 ? ways.push([protocol, localAddress, localPort, remoteAddress, remotePort]) - 1 : known;
}

/** @returns what ought to be a `Ladder` @throws {TypeError} for what is no index */
export function readLadderIndex(index: unknown, octets: Buffer): unknown {
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

function present<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new TypeError('The index names what it does not have');
  return part;
}

const isNote = (row: MessageRow | NoteRow): row is NoteRow => typeof row[2] === 'string';
