import { Injectable } from '@nestjs/common';
import type { Prisma, Tx } from '@carillon/database';

export interface AuditRecord {
  /** Who did it, from where. */
  readonly actor: { organisationId: string; userId: string | null; displayName: string; address?: string | undefined };
  /** `user.created` */
  readonly action: string;
  /** What it was done to, in words: `alice@example.org`, `extension 1001`. */
  readonly target: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

const SECRET = /password|secret|token|csrf|ha1|pin|sealed|hash|key$/i;

/** Values that must not be read back later are named, not shown. */
function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET.test(name) && typeof inner === 'string' ? '[redacted]' : redact(inner),
    ]),
  );
}

/** Writes who changed what. */
@Injectable()
export class Audit {
  /** @param tx the transaction of the change itself: both are kept, or neither */
  async record(tx: Tx, { actor, action, target, before, after }: AuditRecord): Promise<void> {
    const change = JSON.parse(
      JSON.stringify({ before: redact(before), after: redact(after) }),
    ) as Prisma.InputJsonObject;
    await tx.auditEntry.create({
      data: {
        ...{ organisationId: actor.organisationId, actorUserId: actor.userId, actorName: actor.displayName },
        ...{ address: actor.address ?? null, action, target, change },
      },
    });
  }
}
