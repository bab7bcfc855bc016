/** A phone that has its password at hand answers within this; one that starts asks for several things at once. */
const APART_MS = 5_000;
/** A challenge this long ago says nothing about the request that comes now. */
const FORGOTTEN_MS = 2 * 3600_000;
/** Requests without an answer that make a phone one that gives up: anybody can send them over UDP, in its name. */
const TRIES = { udp: 3, connection: 2 } as const;

/** A challenge without an answer. */
export interface UnansweredChallenge {
  readonly since: number;
  /** Of its request: the same one again is a retransmission. */
  readonly branchHash: number;
  /** How many there were before. */
  readonly before: number;
}

/** As which try a request without credentials counts. Pure. */
export function nextUnanswered(
  last: UnansweredChallenge | undefined,
  branchHash: number,
  now: number,
): UnansweredChallenge {
  if (last === undefined || now - last.since > FORGOTTEN_MS) return firstUnanswered(branchHash, now);
  if (now - last.since < APART_MS || last.branchHash === branchHash) return last;
  return { since: now, branchHash, before: last.before + 1 };
}

export function firstUnanswered(branchHash: number, now: number): UnansweredChallenge {
  return { since: now, branchHash, before: 0 };
}

/** Whether who leaves so many unanswered has given up. @param protocol by which its requests come */
export function isGivingUp({ before }: UnansweredChallenge, protocol: string): boolean {
  return before + 1 >= TRIES[protocol === 'udp' ? 'udp' : 'connection'];
}
