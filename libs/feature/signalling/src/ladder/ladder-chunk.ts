import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import type { LadderEntry, LadderNote, LadderParticipant, Ladder } from '@carillon/contracts';
import { LADDER_DICTIONARY } from './ladder-dictionary.js';
import { LADDER_LIMITS } from './ladder-limits.js';
import { OctetReader } from './octet-writer.js';
import { showMessage } from './show-message.js';

export const CHUNK_VERSION = 3;
/** Version and two lengths. */
export const CHUNK_HEAD = 9;
/** What a chunk of a call within the limits can be at most. */
export const LARGEST =
  LADDER_LIMITS.octetsPerCall * 2 + (LADDER_LIMITS.messagesPerCall + LADDER_LIMITS.remarksPerCall) * 1024;

const inflate = promisify(inflateRaw);

/** What a row of an entry begins with. */
export const ROW = { in: 0, out: 1, remark: 2 } as const;

/** Since the start of the call, in microseconds. */
type Since = number;

export type WayRow = readonly [
  ...[protocol: string, localAddress: string, localPort: number],
  ...[remoteAddress: string, remotePort: number],
];

/** What a chunk says beside its rows and octets. */
export interface ChunkHeader {
  /** Which process wrote it: each counts its own entries. */
  readonly by: string;
  readonly startedAt: number;
  readonly live: boolean;
  /** But for Carillon itself. */
  readonly participants: readonly LadderParticipant[];
  readonly notKept: number;
  readonly refused: Ladder['refused'];
  /** Entries in chunks before. */
  readonly before: number;
  /** Entries of this one. */
  readonly entries: number;
  /** Whose the entries are. */
  readonly words: readonly string[];
  readonly callIds: readonly string[];
  readonly ways: readonly WayRow[];
  /** Of rows that are remarks, in their order. */
  readonly remarks: readonly (readonly [category: LadderNote['category'], code: string, text: string])[];
  /** What came again, of this chunk or one before. */
  readonly again: readonly (readonly [order: number, repeats: number, last: Since])[];
}

/** A chunk as it was read: what was new in a ladder when it was written. */
export interface LadderChunk extends Omit<ChunkHeader, 'entries' | 'words' | 'callIds' | 'ways' | 'remarks'> {
  /** By their order in the process. */
  readonly entries: ReadonlyMap<number, LadderEntry>;
}

/**
 * A ladder is kept as chunks, one behind the other: each has what was new when it was written.
 *
 * ```text
 * octet 0        version (3; ladder-document.ts reads those before)
 * octets 1–4     length of what is compressed, big endian
 * octets 5–8     its length before
 * octets 9…      deflate (RFC 1951), with LADDER_DICTIONARY as its preset dictionary, of
 *                  octets 0–3   length of the header, big endian
 *                  octets 4–7   length of the rows
 *                  header       JSON, a `ChunkHeader`
 *                  octets       of all messages in order
 *                  rows         numbers as `OctetWriter` writes them: what it is, microseconds since the one before, order
 *                               since that of the one before, whose it is plus one; of a message also its way, its
 *                               Call-ID and its length
 * ```
 * @returns undefined for what is no such chunk; and where the next one begins
 */
export async function readChunk(
  data: Uint8Array,
  at: number,
): Promise<{ readonly chunk: LadderChunk; readonly next: number } | undefined> {
  const head = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (at + CHUNK_HEAD > data.length || data[at] !== CHUNK_VERSION) return undefined;
  const next = at + CHUNK_HEAD + head.getUint32(at + 1);
  const length = head.getUint32(at + 5);
  if (next > data.length || length > LARGEST) return undefined;
  try {
    const options = { dictionary: LADDER_DICTIONARY, maxOutputLength: Math.max(length, 1) };
    return { chunk: readPlain(await inflate(data.subarray(at + CHUNK_HEAD, next), options)), next };
  } catch {
    return undefined;
  }
}

/** @throws {TypeError|RangeError|SyntaxError} for what is none */
function readPlain(plain: Buffer): LadderChunk {
  const headerEnd = 8 + plain.readUInt32BE(0);
  const header = JSON.parse(plain.toString('utf8', 8, headerEnd)) as ChunkHeader;
  const { words, callIds, ways, remarks, entries: count, ...about } = header;
  const rows = new OctetReader(plain, plain.length - plain.readUInt32BE(4));
  const entries = new Map<number, LadderEntry>();
  const again = new Map(about.again.map(([order, repeats, last]) => [order, { repeats, last }]));
  const whenAt = (since: Since): number => about.startedAt + since / 1000;
  let [from, since, order, remark] = [headerEnd, 0, 0, 0];
  for (let row = 0; row < count; row += 1) {
    const kind = rows.readNumber();
    since += rows.readSigned();
    order += rows.readSigned();
    const who = rows.readNumber();
    const at = whenAt(since);
    if (kind === ROW.remark) {
      const [category, code, text] = present(remarks[remark]);
      remark += 1;
      entries.set(order, {
        kind: 'note',
        at,
        participant: who === 0 ? null : present(words[who - 1]),
        category,
        code,
        text,
      });
      continue;
    }
    const [protocol, localAddress, localPort, remoteAddress, remotePort] = present(ways[rows.readNumber()]);
    const sipCallId = present(callIds[rows.readNumber()]);
    const length = rows.readNumber();
    const repeated = again.get(order);
    const crossing = {
      ...{ at, participant: present(words[who - 1]), direction: kind === ROW.out ? ('out' as const) : ('in' as const) },
      ...{ protocol, localAddress, localPort, remoteAddress, remotePort, sipCallId },
      repeats: repeated?.repeats ?? 0,
      lastRepeatAt: repeated === undefined ? null : whenAt(repeated.last),
    };
    entries.set(order, showMessage(crossing, plain.latin1Slice(from, from + length)));
    from += length;
  }
  return { ...about, entries };
}

export function present<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new TypeError('It names what it does not have');
  return part;
}
