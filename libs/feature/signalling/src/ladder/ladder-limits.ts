/** Bounds of what is kept of calls. What is beyond is counted, never waited for. */
export const LADDER_LIMITS = {
  /** Of one call: further messages are only counted. */
  messagesPerCall: 400,
  octetsPerCall: 256 * 1024,
  remarksPerCall: 200,
  /** In memory over all calls: beyond, calls go on and their messages are not kept. */
  octetsInMemory: 128 * 1024 * 1024,
  /** INVITEs of which it is not known yet which call they become. */
  unclaimed: 5_000,
  messagesPerUnclaimed: 24,
  octetsPerUnclaimed: 64 * 1024,
  octetsUnclaimed: 32 * 1024 * 1024,
  unclaimedMs: 10_000,
  /** Of one organisation: INVITEs that were refused before they became a call and are kept all the same. */
  refusedPerMinute: 120,
} as const;

/**
 * What keeping may cost: beyond it, ladders of calls that went as they should are given up before others, and counted.
 * Calls come first.
 */
export const LADDER_BUDGET = {
  /** Of one core, for taking secrets out and packing. */
  share: 0.12,
  /** Of one turn of the event loop. */
  turnMs: 0.5,
  /** Calls that wait to be packed. */
  waiting: 2_000,
} as const;

/** When ladders are written. */
export const LADDER_TIMES = {
  tickMs: 200,
  /** After the end, when nothing was heard for so long, or at the latest so long after the first thing that is not written. */
  settleMs: 400,
  longestSettleMs: 1_000,
  /** Of a call that goes on: when nothing was heard for so long. */
  quietMs: 1_200,
  /** Before its answer not until it is so old: one that is answered or refused before is written once less. */
  ringingMs: 2_000,
  /** Of one that is never quiet: so long after the first thing that is not written. */
  firstWriteMs: 15_000,
  /** Each time by a quarter of its age, but no longer, before it is written again. */
  longestUnwrittenMs: 120_000,
  /** Until nothing was heard for so long after the end: an unanswered BYE is repeated every 4 s (T2, RFC 3261 §17.1.2.1). */
  lingerMs: 4_500,
  /** The same while memory is short. */
  shortLingerMs: 500,
  longestLingerMs: 40_000,
} as const;
