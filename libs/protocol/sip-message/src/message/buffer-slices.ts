declare global {
  /** Node's own slicing methods: what `toString` ends up calling, without its argument checks. */
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
  }
}

export {};
