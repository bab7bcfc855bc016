import { crc32 } from 'node:zlib';
import type { LadderNote } from '@carillon/contracts';
import type { Flow, TappedMessage } from '@carillon/sip-stack';
import { BLOCK_OCTETS, type OctetBlocks } from './octet-blocks.js';

/** What is told of a call at some point: `at` and the order are added where it is kept. */
export type Remark = Pick<LadderNote, 'category' | 'code' | 'text'> & {
  /** Whom it is about. */
  readonly participant?: string | undefined;
};

/** Between which sockets a message crossed. */
export interface Way extends Pick<Flow, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'> {
  readonly protocol: string;
}

/** When and in which place something is kept. */
export interface Moment {
  readonly at: number;
  /** Counts up over everything that a process keeps: what happened within a millisecond stays in order. */
  readonly order: number;
}

/** The same octets crossed again, the same way. */
export interface Repetition {
  readonly order: number;
  repeats: number;
  lastRepeatAt: number;
  /** Since it was last let go. */
  changed: boolean;
}

/** Numbers of an entry, one after the other in one array. */
const [AT, ORDER, LENGTH, PLACE, WHERE, STRIDE] = [0, 1, 2, 3, 4, 5] as const;
/** `WHERE` of a remark, whose `PLACE` is that among the remarks. */
const REMARK = -1;
/** More ways than a call may have messages. */
const WAYS = 1024;
/** What is remembered of a message that was let go: its order, length, way and checksum. */
const PRINT = 4;
/**
 * How far back a message is looked for that comes a second time. An INVITE to a phone that has gone is repeated for 32 s
 * (timer B), beside a whole call to others.
 */
const REPEATS_WITHIN = 48;

/**
 * Messages and remarks of one call, or of an INVITE that is none yet, in the order in which they came. Octets are copied
 * once, into blocks; all else of a message are five numbers. What was written is let go of, but for a checksum by which
 * a message that comes again is known.
 */
export class EntryLog {
  readonly callIds: string[] = [];
  readonly ways: Way[] = [];
  private readonly remarks: Remark[] = [];
  private numbers: number[] = [];
  private blocks: Buffer[] = [];
  private held = 0;
  /** Octets of the last block that are taken. */
  private used = 0;
  private prints: number[] = [];
  private repeated: Repetition[] | undefined;

  constructor(private readonly memory: OctetBlocks) {}

  get size(): number {
    return this.numbers.length / STRIDE;
  }

  get allRemarks(): readonly Remark[] {
    return this.remarks;
  }

  /** Octets of memory. */
  get capacity(): number {
    return this.held;
  }

  addMessage({ direction, flow, bytes }: TappedMessage, moment: Moment, sipCallId: string): void {
    this.add(bytes, moment, this.whereOf(sipCallId, flow, direction));
  }

  addRemark(remark: Remark, { at, order }: Moment): void {
    this.numbers.push(at, order, 0, this.remarks.push(remark) - 1, REMARK);
  }

  /** Takes over one entry of another log, wherever its order puts it. */
  addFrom(other: EntryLog, index: number): void {
    const moment = { at: other.timeAt(index), order: other.orderAt(index) };
    const remark = other.remarkAt(index);
    if (remark !== undefined) this.addRemark(remark, moment);
    else {
      const where = this.whereOf(other.callIdAt(index), other.wayAt(index), other.directionAt(index));
      this.add(other.octetsAt(index), moment, where);
    }
    if (this.size > 1 && this.orderAt(this.size - 2) > moment.order) this.restoreOrder();
  }

  /** Counts a message that was here not long ago: a retransmission (RFC 3261 §17). @returns whether it was */
  countRepeated({ direction, flow, bytes }: TappedMessage, at: number): boolean {
    const { numbers } = this;
    const out = direction === 'out' ? 1 : 0;
    const first = Math.max(0, numbers.length - REPEATS_WITHIN * STRIDE);
    for (let row = numbers.length - STRIDE; row >= first; row -= STRIDE) {
      if (numbers[row + LENGTH] !== bytes.length || !this.isFrom(numbers[row + WHERE] ?? REMARK, out, flow)) continue;
      const place = numbers[row + PLACE] ?? 0;
      const start = place % BLOCK_OCTETS;
      const block = this.blocks[Math.floor(place / BLOCK_OCTETS)];
      if (block?.compare(bytes, 0, bytes.length, start, start + bytes.length) !== 0) continue;
      this.count(numbers[row + ORDER] ?? 0, at);
      return true;
    }
    return this.countPrinted(bytes, { out, flow, at });
  }

  timeAt(index: number): number {
    return this.numbers[index * STRIDE + AT] ?? 0;
  }

  orderAt(index: number): number {
    return this.numbers[index * STRIDE + ORDER] ?? 0;
  }

  /** Undefined for a message. */
  remarkAt(index: number): Remark | undefined {
    return this.numbers[index * STRIDE + WHERE] === REMARK ? this.remarks[this.placeAt(index)] : undefined;
  }

  lengthAt(index: number): number {
    return this.numbers[index * STRIDE + LENGTH] ?? 0;
  }

  /** Where its octets begin in `blockAt`. */
  offsetAt(index: number): number {
    return this.placeAt(index) % BLOCK_OCTETS;
  }

  blockAt(index: number): Buffer {
    const block = this.blocks[Math.floor(this.placeAt(index) / BLOCK_OCTETS)];
    if (block === undefined) throw new RangeError('A remark has no octets');
    return block;
  }

  /** A view, which is another message's after `letGo`. */
  octetsAt(index: number): Buffer {
    const start = this.offsetAt(index);
    return this.blockAt(index).subarray(start, start + this.lengthAt(index));
  }

  /** Of `callIds`. */
  dialogAt(index: number): number {
    return Math.floor(this.whereAt(index) / (WAYS * 2));
  }

  callIdAt(index: number): string {
    return this.callIds[this.dialogAt(index)] ?? '';
  }

  /** Of `ways`. */
  wayIndexAt(index: number): number {
    return Math.floor(this.whereAt(index) / 2) % WAYS;
  }

  wayAt(index: number): Way {
    const way = this.ways[this.wayIndexAt(index)];
    if (way === undefined) throw new RangeError('A remark went no way');
    return way;
  }

  directionAt(index: number): 'in' | 'out' {
    return this.whereAt(index) % 2 === 1 ? 'out' : 'in';
  }

  /** Of what came again: all, or what has changed since it was let go. */
  repetitions(): readonly Repetition[] {
    return this.repeated?.filter(({ changed }) => changed) ?? [];
  }

  /** What it has is kept elsewhere from now on, or not at all. Its messages are still known when they come again. */
  letGo(): void {
    const { numbers } = this;
    const first = Math.max(0, numbers.length - REPEATS_WITHIN * STRIDE);
    for (let row = first; row < numbers.length; row += STRIDE) if (numbers[row + WHERE] !== REMARK) this.print(row);
    if (this.prints.length > REPEATS_WITHIN * PRINT) this.prints = this.prints.slice(-REPEATS_WITHIN * PRINT);
    this.forget();
    for (const one of this.repeated ?? []) one.changed = false;
  }

  /** Nothing more comes. */
  forget(): void {
    this.memory.giveBack(this.blocks);
    this.blocks = [];
    this.held = 0;
    this.used = 0;
    this.numbers = [];
    this.remarks.length = 0;
  }

  private print(row: number): void {
    const { numbers } = this;
    const place = numbers[row + PLACE] ?? 0;
    const length = numbers[row + LENGTH] ?? 0;
    const start = place % BLOCK_OCTETS;
    const block = this.blocks[Math.floor(place / BLOCK_OCTETS)];
    if (block === undefined) return;
    const checksum = crc32(block.subarray(start, start + length));
    this.prints.push(numbers[row + ORDER] ?? 0, length, numbers[row + WHERE] ?? 0, checksum);
  }

  private countPrinted(
    bytes: Uint8Array,
    { out, flow, at }: { readonly out: 0 | 1; readonly flow: Way; readonly at: number },
  ): boolean {
    const { prints } = this;
    let checksum: number | undefined;
    for (let row = prints.length - PRINT; row >= 0; row -= PRINT) {
      if (prints[row + 1] !== bytes.length || !this.isFrom(prints[row + 2] ?? REMARK, out, flow)) continue;
      checksum ??= crc32(bytes);
      if (prints[row + 3] !== checksum) continue;
      this.count(prints[row] ?? 0, at);
      return true;
    }
    return false;
  }

  private count(order: number, at: number): void {
    this.repeated ??= [];
    const known = this.repeated.find((one) => one.order === order);
    if (known === undefined) this.repeated.push({ order, repeats: 1, lastRepeatAt: at, changed: true });
    else {
      known.repeats += 1;
      known.lastRepeatAt = at;
      known.changed = true;
    }
  }

  private isFrom(where: number, out: 0 | 1, { remoteAddress, remotePort }: Way): boolean {
    if (where === REMARK || where % 2 !== out) return false;
    const way = this.ways[Math.floor(where / 2) % WAYS];
    return way?.remotePort === remotePort && way.remoteAddress === remoteAddress;
  }

  private placeAt(index: number): number {
    return this.numbers[index * STRIDE + PLACE] ?? 0;
  }

  private whereAt(index: number): number {
    return this.numbers[index * STRIDE + WHERE] ?? REMARK;
  }

  private add(bytes: Uint8Array, { at, order }: Moment, where: number): void {
    this.numbers.push(at, order, bytes.length, this.keep(bytes), where);
  }

  private whereOf(sipCallId: string, way: Way, direction: 'in' | 'out'): number {
    return (this.indexOf(sipCallId) * WAYS + this.wayOf(way)) * 2 + (direction === 'out' ? 1 : 0);
  }

  private keep(bytes: Uint8Array): number {
    let block = this.blocks.at(-1);
    if (block === undefined || this.used + bytes.length > block.length) {
      block = this.memory.take(bytes.length);
      this.blocks.push(block);
      this.held += block.length;
      this.used = 0;
    }
    const place = (this.blocks.length - 1) * BLOCK_OCTETS + this.used;
    block.set(bytes, this.used);
    this.used += bytes.length;
    return place;
  }

  private indexOf(sipCallId: string): number {
    const known = this.callIds.indexOf(sipCallId);
    return known < 0 ? this.callIds.push(sipCallId) - 1 : known;
  }

  private wayOf({ protocol, localAddress, localPort, remoteAddress, remotePort }: Way): number {
    const { ways } = this;
    for (let index = 0; index < ways.length; index += 1) {
      const way = ways[index];
      if (
        way?.remotePort === remotePort &&
        way.remoteAddress === remoteAddress &&
        way.localPort === localPort &&
        way.localAddress === localAddress &&
        way.protocol === protocol
      )
        return index;
    }
    return ways.push({ protocol, localAddress, localPort, remoteAddress, remotePort }) - 1;
  }

  /** Seldom: what waited for its call is mostly older than anything that is known of it. */
  private restoreOrder(): void {
    const { numbers } = this;
    const rows = Array.from({ length: this.size }, (_, index) => numbers.slice(index * STRIDE, (index + 1) * STRIDE));
    this.numbers = rows.sort((a, b) => (a[ORDER] ?? 0) - (b[ORDER] ?? 0)).flat();
  }
}
