import type { Server as HttpServer } from 'node:http';
import type { RealtimeRequestName } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { isSameOrigin } from '@carillon/identity';
import type { Clock, Logger, TrustedProxies } from '@carillon/service-runtime';
import { Server, type Socket } from 'socket.io';
import { audienceOf, Connection } from './connection.js';
import { forwardEvents } from './forward-events.js';
import type { Identify, Identity, StaffIdentity } from './identify.js';
import { REALTIME_LIMITS } from './realtime-limits.js';
import { answerRequest, isRealtimeRequest } from './requests/answer-request.js';
import { leaveSeat } from './requests/room-join.js';
import { type Seat, Seats } from './seats.js';

export interface RealtimeServerParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly proxies: TrustedProxies;
  readonly identify: Pick<Identify, 'fromHandshake' | 'stillHolds'>;
  /** How long a seat in a meeting waits for one who was cut off, milliseconds. */
  readonly graceMs?: number;
}

type Acknowledge = (answer: object) => void;

/** The browsers' connections: who they are, what they ask, what they are told. */
export class RealtimeServer {
  private readonly io: Server;
  private readonly seats: Seats;
  private readonly connections = new Set<Connection>();
  private readonly stops: (() => void)[] = [];
  private closed = false;

  constructor(private readonly parts: RealtimeServerParts) {
    this.seats = new Seats(parts.clock, parts.graceMs ?? REALTIME_LIMITS.graceMs);
    this.io = new Server({
      path: '/realtime',
      serveClient: false,
      maxHttpBufferSize: REALTIME_LIMITS.messageBytes,
      connectTimeout: REALTIME_LIMITS.handshakeMs,
      // Other WebSocket paths of this server are none of ours.
      destroyUpgrade: false,
      cors: { origin: false },
      allowRequest: (request, allow) => allow(null, isSameOrigin(request.headers, parts.proxies.hostOf(request))),
    });
    this.io.use((socket, next) => void this.admit(socket, next));
    this.io.on('connection', (socket) => this.welcome(socket));
  }

  /** Takes connections on this server. */
  open(httpServer: HttpServer): void {
    this.io.attach(httpServer);
    const { bus } = this.parts;
    this.stops.push(
      forwardEvents(bus, this.io, this.seats),
      bus.subscribe('user.disabled', ({ userId }) => this.expel((staff) => staff.principal.userId === userId)),
      bus.subscribe('session.revoked', ({ userId, sessionId, exceptSessionId }) =>
        this.expel(
          ({ principal }) =>
            principal.userId === userId &&
            principal.sessionId !== exceptSessionId &&
            (sessionId === null || principal.sessionId === sessionId),
        ),
      ),
      bus.subscribe('directory.changed', ({ organisationId }) => this.recheck(organisationId)),
      this.every(REALTIME_LIMITS.recheckMs, () => this.recheck()),
      this.every(REALTIME_LIMITS.presenceMs, () => this.renewPresence()),
    );
  }

  /** Connections that are open now. */
  get size(): number {
    return this.connections.size;
  }

  /** Closes every connection; the HTTP server stays its owner's. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const stop of this.stops) stop();
    this.io.disconnectSockets(true);
    this.io.engine?.close();
    this.seats.close();
  }

  private async admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
    try {
      const identity = await this.parts.identify.fromHandshake(socket.handshake.headers, socket.handshake.auth);
      if (identity === undefined) return next(new Error('IDENTITY.NO_SESSION'));
      const connection = new Connection(socket, identity, this.parts.clock.now());
      if (this.isCrowded(connection)) return next(new Error('REQUEST.TOO_MANY'));
      socket.data = { connection };
      next();
    } catch (error) {
      this.parts.logger.error({ error }, 'A browser could not be identified');
      next(new Error('SERVER.UNAVAILABLE'));
    }
  }

  private isCrowded({ person }: Connection): boolean {
    if (this.connections.size >= REALTIME_LIMITS.connections) return true;
    const same = [...this.connections].filter((one) => one.person === person).length;
    return same >= REALTIME_LIMITS.connectionsPerPerson;
  }

  private welcome(socket: Socket): void {
    const { connection } = socket.data as { connection: Connection };
    this.connections.add(connection);
    void socket.join(audiencesOf(connection.identity));
    socket.onAny((name: unknown, ...rest: unknown[]) => void this.hear(connection, name, rest));
    socket.on('disconnect', () => this.part(connection));
    this.report(connection, connection.activity);
  }

  private part(connection: Connection): void {
    this.connections.delete(connection);
    this.seats.vacate(connection, (seat) => this.leave(seat));
    this.report(connection, 'gone');
  }

  private async hear(connection: Connection, name: unknown, rest: readonly unknown[]): Promise<void> {
    const last = rest.at(-1);
    const acknowledge: Acknowledge = typeof last === 'function' ? (last as Acknowledge) : () => undefined;
    if (typeof name !== 'string' || !isRealtimeRequest(name))
      return acknowledge({ ok: false, code: 'REQUEST.INVALID', detail: 'There is no such request' });
    if (!connection.mayAsk(name, this.parts.clock.now())) {
      acknowledge({ ok: false, code: 'REQUEST.TOO_MANY', detail: 'Too many requests: slow down' });
      if (connection.refusalsInARow > REALTIME_LIMITS.refusalsInARow) connection.close();
      return;
    }
    const { answer, after } = await this.answer(connection, name, typeof rest[0] === 'function' ? {} : rest[0]);
    acknowledge(answer);
    for (const work of after) work();
  }

  private async answer(
    connection: Connection,
    name: RealtimeRequestName,
    payload: unknown,
  ): Promise<{ answer: object; after: readonly (() => void)[] }> {
    const { bus, logger } = this.parts;
    const after: (() => void)[] = [];
    const afterAnswer = (work: () => void): void => void after.push(work);
    const leave = (seat: Seat): void => this.leave(seat);
    const parts = { bus, logger, connection, afterAnswer, leave, seats: this.seats };
    return { answer: await answerRequest(parts, name, payload), after };
  }

  private leave(seat: Seat): void {
    if (this.closed) return;
    leaveSeat(this.parts, seat).catch((error: unknown) =>
      this.parts.logger.warn({ error, roomId: seat.roomId }, 'A participant that was cut off could not be taken out'),
    );
  }

  /** Presence is messaging's; it forgets by itself whom it is no longer told of. */
  private report(connection: Connection, activity: 'active' | 'idle' | 'gone'): void {
    const { userId, organisationId, id: connectionId } = connection;
    if (userId === undefined || this.closed) return;
    this.parts.bus
      .call('presence.report', { organisationId, userId, connectionId, activity })
      .catch((error: unknown) => this.parts.logger.debug({ error }, 'Presence could not be reported'));
  }

  private renewPresence(): void {
    for (const connection of this.connections) this.report(connection, connection.activity);
  }

  private expel(matches: (staff: StaffIdentity) => boolean): void {
    for (const connection of this.connections)
      if (connection.staff !== undefined && matches(connection.staff)) this.cutOff(connection);
  }

  private cutOff(connection: Connection): void {
    this.seats.forfeit(connection, (seat) => this.leave(seat));
    connection.close();
  }

  /**
   * Sessions may end, and roles change, without a word on the bus; guest links are renewed. A guest whom a host has let in
   * stays: the link was for the door only.
   */
  private async recheck(organisationId?: string): Promise<void> {
    const byProof = new Map<string, Connection[]>();
    for (const connection of this.connections) {
      if ((organisationId ?? connection.organisationId) !== connection.organisationId) continue;
      byProof.set(connection.proof, [...(byProof.get(connection.proof) ?? []), connection]);
    }
    for (const [first, ...rest] of byProof.values()) {
      if (this.closed || first === undefined) return;
      try {
        const inUse = [first, ...rest].some((one) => one.isInUse(this.parts.clock.now()));
        if (await this.parts.identify.stillHolds(first.identity, inUse)) continue;
        for (const one of [first, ...rest]) if (one.staff !== undefined || !this.seats.isInside(one)) this.cutOff(one);
      } catch (error) {
        this.parts.logger.warn({ error }, 'A session could not be looked up; its connection stays for now');
      }
    }
  }

  private every(ms: number, work: () => void | Promise<void>): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = this.parts.clock.after(ms, () => {
        void work();
        again();
      });
    };
    again();
    return () => cancel();
  }
}

function audiencesOf(identity: Identity): string[] {
  if (identity.kind === 'guest') return [];
  const { userId, organisationId, role } = identity.principal;
  const everyone = [audienceOf.user(userId), audienceOf.organisation(organisationId)];
  return role === 'admin' ? [...everyone, audienceOf.admins(organisationId)] : everyone;
}
