import { createHash } from 'node:crypto';
import type { Ladder } from '@carillon/contracts';
import { CallId } from '@carillon/domain';
import { inColumns } from './join-chunks.js';

/** A call goes from process to process seldom; parts beyond are written as the last one. */
const MAX_PARTS = 6;
/** A UUID of a form of our own (RFC 9562 §5.8). */
const HEX_OF_UUID = /^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/;
/**
 * Under which id a part of a call's ladder is kept: a call that goes on in another process has one part from each, and
 * none of them has to know the others'.
 * @param part from 0, which has the id of the call itself
 */
export function ladderPartId(callId: CallId, part: number): CallId {
  if (part === 0) return callId;
  const hash = createHash('sha256')
    .update(`${callId} ladder ${Math.min(part, MAX_PARTS)}`)
    .digest('hex');
  return CallId.parse(hash.replace(HEX_OF_UUID, '$1-$2-8$3-a$4-$5'));
}

/** Of the parts behind the first. */
export function laterPartIds(callId: CallId): CallId[] {
  return Array.from({ length: MAX_PARTS }, (_, at) => ladderPartId(callId, at + 1));
}

/** One ladder of those of the processes that had the call one after the other. @returns undefined where there is none */
export function joinLadders(callId: CallId, parts: readonly Ladder[]): Ladder | undefined {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first === undefined ? undefined : { ...first, callId };
  return {
    callId,
    startedAt: Math.min(...parts.map(({ startedAt }) => startedAt)),
    live: parts.some(({ live }) => live),
    participants: inColumns(parts.flatMap(({ participants }) => participants)),
    entries: parts.flatMap(({ entries }) => entries).sort((one, other) => one.at - other.at),
    notKept: parts.reduce((sum, { notKept }) => sum + notKept, 0),
    refused: first.refused,
  };
}
