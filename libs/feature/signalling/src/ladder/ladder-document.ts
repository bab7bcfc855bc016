import { promisify } from 'node:util';
import { deflateRawSync, inflateRaw } from 'node:zlib';
import { Ladder, type LadderEntry } from '@carillon/contracts';
import { LADDER_DICTIONARY } from './ladder-dictionary.js';
import { LADDER_LIMITS } from './ladder-limits.js';

const VERSION = 1;
const LENGTH_OCTETS = 4;
/** What a document of a call within the limits can grow to at most, uncompressed. */
const LARGEST = LADDER_LIMITS.octetsPerCall * 2 + (LADDER_LIMITS.messagesPerCall + LADDER_LIMITS.notesPerCall) * 1024;

/** A window that holds the whole of a usual call, and no more memory than it needs: half of the time went into clearing it. */
const DEFLATE = { level: 1, memLevel: 5, windowBits: 14, chunkSize: 4096, dictionary: LADDER_DICTIONARY } as const;

const inflate = promisify(inflateRaw);

/**
 * A ladder as one row of the database keeps it.
 *
 * ```text
 * octet 0        version (1)
 * octet 1…       deflate (RFC 1951), with LADDER_DICTIONARY as its preset dictionary, of
 *                  octets 0–3   length of the index, big endian
 *                  index        JSON: the Ladder, where a message has the length of its octets in place of them
 *                  rest         the octets of all messages in order
 * ```
 * Compressed at once, at the quickest level: some 40 µs for a usual call, which is less than the way to another thread
 * and back; the cost per call matters more than the last tenth in size.
 */
export function encodeLadder(ladder: Ladder): Buffer {
  let octets = 0;
  const entries = ladder.entries.map((entry) => {
    if (entry.kind === 'note') return entry;
    octets += entry.octets.length;
    return { ...entry, octets: entry.octets.length };
  });
  const index = JSON.stringify({ ...ladder, entries });
  const indexOctets = Buffer.byteLength(index);
  const plain = Buffer.allocUnsafe(LENGTH_OCTETS + indexOctets + octets);
  plain.writeUInt32BE(indexOctets);
  plain.write(index, LENGTH_OCTETS);
  let at = LENGTH_OCTETS + indexOctets;
  for (const entry of ladder.entries) if (entry.kind === 'message') at += plain.write(entry.octets, at, 'latin1');
  const packed = deflateRawSync(plain, DEFLATE);
  return Buffer.concat([Buffer.from([VERSION]), packed]);
}

/** Undefined for what is no such document. */
export async function decodeLadder(data: Uint8Array): Promise<Ladder | undefined> {
  if (data[0] !== VERSION) return undefined;
  try {
    const plain = await inflate(data.subarray(1), { dictionary: LADDER_DICTIONARY, maxOutputLength: LARGEST });
    const indexEnd = LENGTH_OCTETS + plain.readUInt32BE(0);
    const index = JSON.parse(plain.toString('utf8', LENGTH_OCTETS, indexEnd)) as {
      entries: (LadderEntry & { octets?: number })[];
    };
    let from = indexEnd;
    const entries = index.entries.map((entry) => {
      if (entry.kind === 'note') return entry;
      const end = from + Number(entry.octets);
      const octets = plain.toString('latin1', from, end);
      from = end;
      return { ...entry, octets };
    });
    const parsed = Ladder.safeParse({ ...index, entries });
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
