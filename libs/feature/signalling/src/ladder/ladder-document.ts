import { promisify } from 'node:util';
import { deflateRawSync, inflateRaw } from 'node:zlib';
import { Ladder } from '@carillon/contracts';
import { LADDER_DICTIONARY } from './ladder-dictionary.js';
import type { LadderDraft } from './ladder-draft.js';
import { readLadderIndex, writeLadderIndex } from './ladder-index.js';
import { readFirstLadderIndex } from './ladder-index-1.js';
import { LADDER_LIMITS } from './ladder-limits.js';

const VERSION = 2;
const LENGTH_OCTETS = 4;
/** What a document of a call within the limits can grow to at most, uncompressed. */
const LARGEST = LADDER_LIMITS.octetsPerCall * 2 + (LADDER_LIMITS.messagesPerCall + LADDER_LIMITS.notesPerCall) * 1024;

/** A window that holds the whole of a usual call, and no more memory than it needs: half of the time went into clearing it. */
const DEFLATE = { level: 1, memLevel: 5, windowBits: 14, chunkSize: 4096, dictionary: LADDER_DICTIONARY } as const;

const inflate = promisify(inflateRaw);

/** By version: what an index says of the messages whose octets follow it. */
const READ_INDEX: Readonly<Record<number, (index: unknown, octets: Buffer) => unknown>> = {
  1: readFirstLadderIndex,
  [VERSION]: readLadderIndex,
};

/**
 * A ladder as one row of the database keeps it.
 *
 * ```text
 * octet 0        version (2; 1 is read as well)
 * octet 1…       deflate (RFC 1951), with LADDER_DICTIONARY as its preset dictionary, of
 *                  octets 0–3   length of the index, big endian
 *                  index        JSON: what is known of the call and of each message beside its octets
 *                  rest         the octets of all messages in order
 * ```
 * Compressed at once, at the quickest level: less than the way to another thread and back costs; the cost per call matters
 * more than the last tenth in size.
 */
export function encodeLadder(draft: LadderDraft): Buffer {
  const index = writeLadderIndex(draft);
  const indexOctets = Buffer.byteLength(index);
  let length = LENGTH_OCTETS + indexOctets;
  for (const entry of draft.entries) if (entry.kind === 'message') length += entry.octets.length;
  const plain = Buffer.allocUnsafe(length);
  plain.writeUInt32BE(indexOctets);
  plain.write(index, LENGTH_OCTETS);
  let at = LENGTH_OCTETS + indexOctets;
  for (const entry of draft.entries) {
    if (entry.kind !== 'message') continue;
    plain.set(entry.octets, at);
    at += entry.octets.length;
  }
  return Buffer.concat([Buffer.of(VERSION), deflateRawSync(plain, DEFLATE)]);
}

/** Undefined for what is no such document. */
export async function decodeLadder(data: Uint8Array): Promise<Ladder | undefined> {
  const readIndex = READ_INDEX[data[0] ?? 0];
  if (readIndex === undefined) return undefined;
  try {
    const plain = await inflate(data.subarray(1), { dictionary: LADDER_DICTIONARY, maxOutputLength: LARGEST });
    const indexEnd = LENGTH_OCTETS + plain.readUInt32BE(0);
    const index: unknown = JSON.parse(plain.toString('utf8', LENGTH_OCTETS, indexEnd));
    return Ladder.safeParse(readIndex(index, plain.subarray(indexEnd))).data;
  } catch {
    return undefined;
  }
}
