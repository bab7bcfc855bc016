import type { CallOutcome, CallRecord, CallTargetKind, LiveLeg } from '@carillon/contracts';
import type { Call, Prisma, Tx } from '@carillon/database';
import type { z } from 'zod';
import { invalid } from '../http/refusals.js';
import type { RouteAnswer, RouteRequest } from '../http/route-types.js';

type Query = RouteRequest<'allCalls'>['query'];
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f-]{36})$/;
const DAY_MS = 86_400_000;

/** A page begins after this row: later rows that come in meanwhile do not shift it. */
function afterCursor(cursor: string | undefined): Prisma.CallWhereInput {
  if (cursor === undefined) return {};
  const [, at = '', id = ''] = CURSOR.exec(cursor) ?? [];
  if (id === '' || Number.isNaN(Date.parse(at))) throw invalid({ cursor: 'Not a cursor of this list' });
  const startedAt = new Date(at);
  return { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] };
}

function matching(search: string | undefined): Prisma.CallWhereInput {
  if (search === undefined || search === '') return {};
  const contains = { contains: search.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const };
  return { OR: [{ fromNumber: contains }, { fromName: contains }, { toNumber: contains }, { toName: contains }] };
}

/** Whole days, UTC; both ends count. */
function between(from: string | undefined, to: string | undefined): Prisma.CallWhereInput {
  return {
    startedAt: {
      ...(from === undefined ? {} : { gte: new Date(`${from}T00:00:00Z`) }),
      ...(to === undefined ? {} : { lt: new Date(Date.parse(`${to}T00:00:00Z`) + DAY_MS) }),
    },
  };
}

/** A row as the contract has it; the contract's schema checks the words in it when it is sent. */
export function describeCall(call: Call): z.input<typeof CallRecord> {
  const { id, direction, startedAt, answeredAt, endedAt, outcome, endReason, sipStatus, legs } = call;
  const end = endedAt ?? startedAt;
  return {
    callId: id,
    direction: direction as CallRecord['direction'],
    from: { number: call.fromNumber, name: call.fromName, userId: call.fromUserId },
    to: { number: call.toNumber, name: call.toName, userId: call.toUserId, kind: call.toKind as CallTargetKind },
    startedAt: startedAt.toISOString(),
    answeredAt: answeredAt?.toISOString() ?? null,
    endedAt: end.toISOString(),
    durationSeconds: answeredAt === null ? 0 : Math.max(0, Math.round((end.getTime() - answeredAt.getTime()) / 1000)),
    outcome: (outcome ?? 'failed') as CallOutcome,
    ...{ endReason, sipStatus },
    legs: legs as z.input<typeof LiveLeg>[],
  };
}

/** One page of calls that are over, newest first. @param userId only those in this user's history */
export async function readCallHistory(tx: Tx, query: Query, userId?: string): Promise<RouteAnswer<'allCalls'>> {
  const { cursor, limit, outcome, search, from, to } = query;
  const found = await tx.call.findMany({
    where: {
      AND: [
        { endedAt: { not: null } },
        ...(userId === undefined ? [] : [{ involvedUserIds: { has: userId } }]),
        ...(outcome === undefined ? [] : [{ outcome }]),
        ...[matching(search), between(from, to), afterCursor(cursor)],
      ],
    },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = found.length > limit && last !== undefined ? `${last.startedAt.toISOString()}_${last.id}` : null;
  return { calls: page.map(describeCall), nextCursor };
}
