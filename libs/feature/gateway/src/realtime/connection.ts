import type { RealtimeEventName, RealtimeEventPayload, RealtimeRequestName } from '@carillon/contracts';
import { OrganisationId, UserId } from '@carillon/domain';
import { TokenBucket } from '@carillon/service-runtime';
import type { Socket } from 'socket.io';
import type { Identity, StaffIdentity } from './identify.js';
import { REALTIME_LIMITS, REQUEST_RATE, SLOW_RATES } from './realtime-limits.js';

/** Socket.io rooms: who hears what. */
export const audienceOf = {
  user: (userId: string): string => `user:${userId}`,
  organisation: (organisationId: string): string => `organisation:${organisationId}`,
  admins: (organisationId: string): string => `admins:${organisationId}`,
} as const;

/** One browser that is connected. */
export class Connection {
  /** What it last said of itself. */
  activity: 'active' | 'idle' = 'active';
  refusalsInARow = 0;
  /** The end of the join that was asked for last: joins go one by one, so that nobody sits twice in a room. */
  joining: Promise<unknown> = Promise.resolve();
  /** When it last asked for anything, milliseconds. */
  private askedAt = Number.NEGATIVE_INFINITY;
  private readonly rate: TokenBucket;
  private readonly slow = new Map<RealtimeRequestName, TokenBucket>();

  constructor(
    readonly socket: Socket,
    readonly identity: Identity,
    now: number,
  ) {
    this.rate = new TokenBucket(REQUEST_RATE, now);
    for (const name of Object.keys(SLOW_RATES) as (keyof typeof SLOW_RATES)[])
      this.slow.set(name, new TokenBucket(SLOW_RATES[name], now));
  }

  get id(): string {
    return this.socket.id;
  }

  get organisationId(): OrganisationId {
    return this.identity.kind === 'guest'
      ? this.identity.organisationId
      : OrganisationId.parse(this.identity.principal.organisationId);
  }

  /** Limits are counted for this: a user, or all guests of one room. */
  get person(): string {
    return this.identity.kind === 'guest' ? `guest:${this.identity.roomId}` : this.identity.principal.userId;
  }

  /** What lets it in: a session's token, or the hash of a guest link's. */
  get proof(): string {
    return this.identity.kind === 'guest' ? this.identity.guestTokenHash : this.identity.token;
  }

  get staff(): StaffIdentity | undefined {
    return this.identity.kind === 'staff' ? this.identity : undefined;
  }

  get userId(): UserId | undefined {
    return this.identity.kind === 'staff' ? UserId.parse(this.identity.principal.userId) : undefined;
  }

  mayAsk(name: RealtimeRequestName, now: number): boolean {
    this.askedAt = now;
    const allowed = this.rate.take(now) && (this.slow.get(name)?.take(now) ?? true);
    this.refusalsInARow = allowed ? 0 : this.refusalsInARow + 1;
    return allowed;
  }

  /** Is somebody there, by its own word of just now? */
  isInUse(now: number): boolean {
    return this.activity === 'active' && now - this.askedAt < REALTIME_LIMITS.activeMs;
  }

  emit<Name extends RealtimeEventName>(name: Name, payload: RealtimeEventPayload<Name>): void {
    this.socket.emit(name, payload);
  }

  close(): void {
    this.socket.disconnect(true);
  }
}
