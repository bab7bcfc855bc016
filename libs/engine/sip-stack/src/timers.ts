/** Protocol timer values in milliseconds (RFC 3261 Table 4, RFC 4028). */
export interface Timers {
  /** Round-trip estimate, §17.1.1.1. */
  t1: number;
  /** Longest interval between retransmissions, §17.1.2.1. */
  t2: number;
  /** How long a message may live in the network, §17.1.2.1. */
  t4: number;
  /** Timer D: wait for retransmitted INVITE failures over UDP, §17.1.1.2. */
  timerD: number;
  /** How long an INVITE may stay provisional before the client gives up, §16.6 item 11. */
  timerC: number;
  /** How often a 180/183 is repeated so that proxies keep the call, §13.3.1.1. */
  provisionalRepeat: number;
}

/** The values that RFC 3261 prints. */
export const RFC_3261_TIMERS: Timers = {
  t1: 500,
  t2: 4_000,
  t4: 5_000,
  timerD: 32_000,
  timerC: 180_000,
  provisionalRepeat: 60_000,
};
