import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { Ladder } from '@carillon/contracts';
import type { CallId } from '@carillon/domain';
import { joinChunks } from './join-chunks.js';
import { CHUNK_VERSION, LARGEST, readChunk, type LadderChunk } from './ladder-chunk.js';
import { LADDER_DICTIONARY } from './ladder-dictionary.js';
import { readFirstLadderIndex } from './ladder-index-1.js';
import { readSecondLadderIndex } from './ladder-index-2.js';

const LENGTH_OCTETS = 4;

const inflate = promisify(inflateRaw);

/** By version, of those that are not written any more: what an index says of the messages whose octets follow it. */
const READ_INDEX: Readonly<Record<number, (index: unknown, octets: Buffer) => unknown>> = {
  1: readFirstLadderIndex,
  2: readSecondLadderIndex,
};

/**
 * A ladder as one row of the database keeps it: chunks, one behind the other.
 * @returns undefined for what is no such document; what can be read of one that is damaged further on
 */
export async function readLadderDocument(callId: CallId, data: Uint8Array): Promise<Ladder | undefined> {
  if (data[0] !== CHUNK_VERSION) return readWhole(data);
  const chunks: LadderChunk[] = [];
  for (let read = await readChunk(data, 0); read !== undefined; read = await readChunk(data, read.next))
    chunks.push(read.chunk);
  return Ladder.safeParse({ callId, ...joinChunks(chunks) }).data;
}

/**
 * As versions 1 and 2 wrote it:
 *
 * ```text
 * octet 0        version
 * octet 1…       deflate (RFC 1951), with LADDER_DICTIONARY as its preset dictionary, of
 *                  octets 0–3   length of the index, big endian
 *                  index        JSON: what is known of the call and of each message beside its octets
 *                  rest         the octets of all messages in order
 * ```
 */
async function readWhole(data: Uint8Array): Promise<Ladder | undefined> {
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
