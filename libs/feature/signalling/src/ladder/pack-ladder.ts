import { deflateRawSync } from 'node:zlib';
import type { CallLadder } from './call-ladder.js';
import { ChunkOwners } from './chunk-owners.js';
import type { EntryLog } from './entry-log.js';
import { findSuspects } from './find-suspects.js';
import { CHUNK_HEAD, CHUNK_VERSION, ROW, type ChunkHeader } from './ladder-chunk.js';
import { LADDER_DICTIONARY } from './ladder-dictionary.js';
import { OctetWriter } from './octet-writer.js';
import { redactMessage } from './redact-message.js';

const USUAL_CHUNK = 64 * 1024;
/** A window that holds the whole of a usual call, and no more memory than it needs: half of the time went into clearing it. */
const DEFLATE = { level: 1, memLevel: 5, windowBits: 14, chunkSize: 4096, dictionary: LADDER_DICTIONARY } as const;
/** Of an entry's row: eight numbers of up to ten octets. */
const LONGEST_ROW = 80;
const UNSPECIFIED = new Set(['0.0.0.0', '::']);

/**
 * Makes of what is new in a ladder what the database keeps (`ladder-chunk.ts` has the form). Secrets are taken out here.
 * Its memory is used again and again.
 */
export class LadderPacker {
  private readonly plain = new OctetWriter(USUAL_CHUNK);
  /** When this process, or thread, began: no two write parts of one call that began in the same microsecond. */
  private readonly by = Math.round(performance.timeOrigin * 1000).toString(36);
  /** Where each message ends among the octets; remarks have none. */
  private ends: readonly number[] = [];

  /** @param advertised for sockets that are bound to all addresses */
  constructor(private readonly advertised: string) {}

  /**
   * Compressed at once, at the quickest level: the cost per call matters more than the last tenth in size.
   */
  pack(ladder: CallLadder): Buffer {
    const { plain } = this;
    plain.at = 0;
    this.writeChunk(ladder);
    const packed = deflateRawSync(plain.octets.subarray(0, plain.at), DEFLATE);
    const head = Buffer.allocUnsafe(CHUNK_HEAD);
    head[0] = CHUNK_VERSION;
    head.writeUInt32BE(packed.length, 1);
    head.writeUInt32BE(plain.at, 5);
    return Buffer.concat([head, packed]);
  }

  private writeChunk(ladder: CallLadder): void {
    const { plain } = this;
    const { log } = ladder;
    const owners = new ChunkOwners(ladder);
    const whose: number[] = [];
    for (let index = 0; index < log.size; index += 1) whose.push(owners.of(index));
    const header = JSON.stringify(this.headerOf(ladder, owners));
    const start = plain.at;
    // A character takes three octets in UTF-8 at most.
    plain.reserve(8 + header.length * 3);
    const octets = plain.octets.write(header, start + 8);
    plain.at = start + 8 + octets;
    this.writeOctets(log);
    const rows = plain.at;
    this.writeRows(ladder, whose);
    plain.octets.writeUInt32BE(octets, start);
    plain.octets.writeUInt32BE(plain.at - rows, start + 4);
  }

  private headerOf(ladder: CallLadder, owners: ChunkOwners): ChunkHeader {
    const { log, startedAt, endedAt, participants, notKept, refused, writtenEntries } = ladder;
    const since = (at: number): number => Math.round((at - startedAt) * 1000);
    return {
      by: this.by,
      startedAt,
      live: endedAt === null,
      participants: owners.strangers.size === 0 ? participants : [...participants, ...owners.strangers.values()],
      notKept,
      refused,
      before: writtenEntries,
      entries: log.size,
      words: owners.words,
      callIds: log.callIds,
      ways: log.ways.map(({ protocol, localAddress, localPort, remoteAddress, remotePort }) => {
        const address = UNSPECIFIED.has(localAddress) ? this.advertised : localAddress;
        return [protocol, address, localPort, remoteAddress, remotePort];
      }),
      remarks: log.allRemarks.map(({ category, code, text }) => [category, code, text]),
      again: log.repetitions().map(({ order, repeats, lastRepeatAt }) => [order, repeats, since(lastRepeatAt)]),
    };
  }

  private writeOctets(log: EntryLog): void {
    const { plain } = this;
    const start = plain.at;
    const ends: number[] = [];
    for (let index = 0; index < log.size; index += 1) {
      if (log.remarkAt(index) === undefined) {
        const [from, length] = [log.offsetAt(index), log.lengthAt(index)];
        plain.reserve(length);
        log.blockAt(index).copy(plain.octets, plain.at, from, from + length);
        plain.at += length;
      }
      ends.push(plain.at - start);
    }
    this.ends = this.redact(start, ends);
  }

  /** Takes secrets out of what was written. @returns where the messages end then */
  private redact(start: number, ends: readonly number[]): readonly number[] {
    const { plain } = this;
    const text = plain.octets.latin1Slice(start, plain.at);
    const suspects = findSuspects(text, ends);
    if (suspects.length === 0) return ends;
    const clean = [...ends];
    let done = 0;
    for (const suspect of suspects) {
      const { index } = suspect;
      const [from, end] = [ends[index - 1] ?? 0, ends[index] ?? text.length];
      // What stands between them goes in one piece.
      if (done === 0) plain.at = start + from;
      else if (from > done) plain.writeLatin1(text.slice(done, from));
      plain.writeLatin1(redactMessage(text.slice(from, end), suspect));
      done = end;
      const moved = plain.at - start - end;
      for (let later = index; later < ends.length; later += 1) clean[later] = (ends[later] ?? 0) + moved;
    }
    if (text.length > done) plain.writeLatin1(text.slice(done));
    return clean;
  }

  private writeRows({ log, startedAt }: CallLadder, whose: readonly number[]): void {
    const { plain, ends } = this;
    plain.reserve(log.size * LONGEST_ROW);
    let [before, orderBefore] = [0, 0];
    for (let index = 0; index < log.size; index += 1) {
      const since = Math.round((log.timeAt(index) - startedAt) * 1000);
      const order = log.orderAt(index);
      const isRemark = log.remarkAt(index) !== undefined;
      plain.writeNumber(isRemark ? ROW.remark : log.directionAt(index) === 'out' ? ROW.out : ROW.in);
      plain.writeSigned(since - before);
      plain.writeSigned(order - orderBefore);
      plain.writeNumber((whose[index] ?? 0) + 1);
      before = since;
      orderBefore = order;
      if (isRemark) continue;
      plain.writeNumber(log.wayIndexAt(index));
      plain.writeNumber(log.dialogAt(index));
      plain.writeNumber((ends[index] ?? 0) - (ends[index - 1] ?? 0));
    }
  }
}
