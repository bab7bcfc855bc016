import { sequenceDistance } from './serial-number.js';

/** RFC 3550 A.1: beyond these the source is taken to have restarted. */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

export type ReceptionVerdict = 'in-order' | 'late' | 'restarted';

/** Counts one source's packets for report blocks (RFC 3550 A.1 and A.3). Probation is the caller's business. */
export class ReceptionCounter {
  private baseSequence = 0;
  private maxSequence = 0;
  private cycles = 0;
  private started = false;
  private receivedCount = 0;
  private expectedBefore = 0;
  private receivedBefore = 0;
  private lostBeforeRestart = 0;
  private jumpedTo: number | null = null;
  /** Since the beginning, across restarts. */
  totalReceived = 0;

  /** Takes the sequence number of a packet. */
  observe(sequence: number): ReceptionVerdict {
    this.totalReceived += 1;
    if (!this.started) {
      this.begin(sequence);
      return 'in-order';
    }
    const distance = sequenceDistance(sequence, this.maxSequence);
    if (distance > 0 && distance < MAX_DROPOUT) {
      if (sequence < this.maxSequence) this.cycles += 0x10000;
      this.maxSequence = sequence;
    } else if (distance > 0 || distance < -MAX_MISORDER) {
      return this.jump(sequence);
    } else {
      this.receivedCount += 1;
      return 'late';
    }
    this.receivedCount += 1;
    this.jumpedTo = null;
    return 'in-order';
  }

  get extendedHighestSequence(): number {
    return (this.cycles + this.maxSequence) >>> 0;
  }

  get cumulativeLost(): number {
    return this.lostBeforeRestart + this.expected - this.receivedCount;
  }

  /** Loss since the previous call, 0…255 as 1/256 (RFC 3550 A.3). */
  takeFractionLost(): number {
    const expectedInterval = this.expected - this.expectedBefore;
    const receivedInterval = this.receivedCount - this.receivedBefore;
    this.expectedBefore = this.expected;
    this.receivedBefore = this.receivedCount;
    const lost = expectedInterval - receivedInterval;
    if (expectedInterval <= 0 || lost <= 0) return 0;
    return Math.min(255, Math.floor((lost * 256) / expectedInterval));
  }

  private get expected(): number {
    return this.started ? this.cycles + this.maxSequence - this.baseSequence + 1 : 0;
  }

  /** Two packets in a row after a large jump are a restarted source; one alone is a stray. */
  private jump(sequence: number): ReceptionVerdict {
    if (this.jumpedTo !== sequence) {
      this.jumpedTo = (sequence + 1) & 0xffff;
      return 'late';
    }
    this.lostBeforeRestart = this.cumulativeLost;
    this.begin(sequence);
    return 'restarted';
  }

  private begin(sequence: number): void {
    this.started = true;
    this.baseSequence = sequence;
    this.maxSequence = sequence;
    this.cycles = 0;
    this.receivedCount = 1;
    this.expectedBefore = 0;
    this.receivedBefore = 0;
    this.jumpedTo = null;
  }
}
