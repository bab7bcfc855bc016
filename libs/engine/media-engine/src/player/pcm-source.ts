/** Mono samples at a rate of its own, for the player. */
export interface PcmSource {
  /** Known after `open`. */
  readonly sampleRate: number;
  /** Opens files; rejects when the source cannot be played. */
  open(): Promise<void>;
  /** Samples written into `into`; 0 at the end; `wait` while the disk is behind. */
  read(into: Int16Array): number | 'wait';
  /** Back to the beginning. */
  rewind(): void;
  close(): Promise<void>;
}
