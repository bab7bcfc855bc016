/** Time and chance, injected so that specs can hold them. */
export interface MediaClock {
  /** Monotonic, milliseconds with fraction. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  unixMs(): number;
  /** 0 up to 1. */
  random(): number;
}
