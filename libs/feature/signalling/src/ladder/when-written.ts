import type { CallLadder } from './call-ladder.js';
import { LADDER_TIMES } from './ladder-limits.js';

const { settleMs, longestSettleMs, quietMs, ringingMs, firstWriteMs, longestUnwrittenMs, longestLingerMs } =
  LADDER_TIMES;

type Times = Pick<CallLadder, 'startedAt' | 'answered' | 'endedAt' | 'lastAt' | 'writtenAt' | 'unwrittenSince'>;

/**
 * Whether what is new is to be written now: what is not would be lost with the process.
 *
 * ```text
 * new ──answered, quiet──► written ──new, quiet, a quarter of its age later──► written ──ended, settled──► written
 *  |──rings for 2 s, quiet────^
 *  `──never quiet, 15 s───────^
 * ```
 */
export function isDue(
  { startedAt, answered, endedAt, lastAt, writtenAt, unwrittenSince }: Times,
  now: number,
): boolean {
  if (unwrittenSince === null) return false;
  if (endedAt !== null) return now - lastAt >= settleMs || now - Math.max(endedAt, unwrittenSince) >= longestSettleMs;
  const isQuiet = now - lastAt >= quietMs && (answered || now - startedAt >= ringingMs);
  if (!isQuiet && now - unwrittenSince < firstWriteMs) return false;
  return writtenAt === null || now - writtenAt >= Math.min((writtenAt - startedAt) / 4, longestUnwrittenMs);
}

/** Whether nothing more is expected. @param lingerMs without a message, after the end */
export function isDone({ endedAt, lastAt }: Times, now: number, lingerMs: number): boolean {
  if (endedAt === null) return false;
  return now - lastAt >= lingerMs || now - endedAt >= longestLingerMs;
}
