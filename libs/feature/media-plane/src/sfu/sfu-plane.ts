import type { Bus } from '@carillon/event-bus';
import type { PlaySource } from '@carillon/contracts';
import { RoomId, type OrganisationId, type OwnerId } from '@carillon/domain';
import type { PlaySource as EngineSource, SfuEngine, SfuEvent, SfuOutcome } from '@carillon/media-engine';
import type { Health, Logger, Metrics } from '@carillon/service-runtime';
import { Gauge } from 'prom-client';
import { toEngineSource } from './to-engine-source.js';

export interface SfuPlaneParts {
  readonly bus: Bus;
  readonly engine: SfuEngine;
  /** This process's media plane: all but `sfu.open-room` is addressed to it. */
  readonly ownerId: OwnerId;
  readonly logger: Logger;
  readonly health: Health;
  readonly metrics: Metrics;
}

type RoomEvent = Exclude<SfuEvent, { type: 'worker-lost' | 'worker-ready' | 'bridge-failed' }>;

/** The contract's answer for a good or refused outcome of the engine. */
function answer<T, A extends object>(outcome: SfuOutcome<T>, build: (value: T) => A) {
  if (outcome.ok) return { ok: true as const, ...build(outcome.value) };
  return { ok: false as const, code: outcome.code, detail: outcome.detail };
}
const nothing = (): object => ({});

/** Meetings' media on the bus: `sfu.*` commands in, `sfu.*` events out. */
export class SfuPlane {
  private readonly stops: (() => void)[] = [];
  private readonly organisations = new Map<string, OrganisationId>();

  constructor(private readonly parts: SfuPlaneParts) {}

  /** Starts the workers and answers commands from then on. A worker that does not start shows in the health report. */
  async open(): Promise<void> {
    const { engine } = this.parts;
    this.stops.push(engine.on((event) => this.hear(event)));
    this.handleCommands();
    this.watch();
    await engine.start();
  }

  /** Stops answering, then closes rooms and workers. Idempotent. */
  async close(): Promise<void> {
    for (let stop = this.stops.pop(); stop !== undefined; stop = this.stops.pop()) stop();
    this.organisations.clear();
    await this.parts.engine.close();
  }

  private handleCommands(): void {
    const { bus, engine, ownerId } = this.parts;
    const owned = { ownerId };
    this.stops.push(
      bus.handle('sfu.open-room', async ({ roomId, organisationId }) => {
        const opened = await engine.openRoom(roomId);
        if (opened.ok) this.organisations.set(roomId, organisationId);
        return answer(opened, () => ({ ownerId }));
      }),
      bus.handle(
        'sfu.close-room',
        async ({ roomId }) => {
          await engine.closeRoom(roomId);
          this.organisations.delete(roomId);
          return { ok: true };
        },
        owned,
      ),
      bus.handle(
        'sfu.request',
        async ({ roomId, participantId, request }) =>
          answer(await engine.request(roomId, participantId, request), (data) => ({ data })),
        owned,
      ),
      bus.handle(
        'sfu.attach-phone',
        async ({ roomId, participantId, endpointId, muted }) =>
          answer(await engine.attachPhone(roomId, { participantId, endpointId, muted }), (value) => value),
        owned,
      ),
      ...(['sfu.detach-phone', 'sfu.remove'] as const).map((name) =>
        bus.handle(
          name,
          async ({ roomId, participantId }) => {
            await engine.removeParticipant(roomId, participantId);
            return { ok: true };
          },
          owned,
        ),
      ),
      bus.handle(
        'sfu.mute',
        async ({ roomId, participantId, muted }) =>
          answer(await engine.setMuted(roomId, participantId, muted), nothing),
        owned,
      ),
      bus.handle(
        'sfu.announce',
        async ({ roomId, sources }) => answer(await engine.announce(roomId, toEngineSources(sources)), nothing),
        owned,
      ),
    );
  }

  private watch(): void {
    const { engine, health, metrics } = this.parts;
    this.stops.push(
      health.register('meetings', () => {
        const { workers } = engine.health();
        const down = workers.filter(({ alive }) => !alive);
        const detail = down.map(({ index, detail }) => `mediasoup worker ${index} ${detail ?? 'is down'}`).join('; ');
        return down.length === 0 ? { ok: true, detail: `${workers.length} mediasoup workers` } : { ok: false, detail };
      }),
    );
    const meters = [
      new Gauge({
        name: 'carillon_meeting_rooms',
        help: 'Meeting rooms whose media is open',
        registers: [],
        collect() {
          this.set(engine.health().rooms);
        },
      }),
      new Gauge({
        name: 'carillon_meeting_workers',
        help: 'mediasoup workers that run',
        registers: [],
        collect() {
          this.set(engine.health().workers.filter(({ alive }) => alive).length);
        },
      }),
    ];
    for (const meter of meters) metrics.registry.registerMetric(meter);
  }

  private hear(event: SfuEvent): void {
    const { logger } = this.parts;
    switch (event.type) {
      case 'worker-ready':
        return logger.info({ worker: event.workerIndex, pid: event.pid }, 'A mediasoup worker runs');
      case 'worker-lost': {
        const { workerIndex: worker, reason, retryInMs } = event;
        return logger.error({ worker, retryInMs }, `mediasoup worker ${worker} ${reason}; a new one is started`);
      }
      case 'bridge-failed':
        return logger.warn({ roomId: event.roomId }, event.detail);
      case 'producer-added':
      case 'producer-updated':
      case 'producer-removed':
      case 'speaking':
      case 'room-lost':
        return this.publish(event);
    }
  }

  private publish(event: RoomEvent): void {
    const organisationId = this.organisations.get(event.roomId);
    // Closed by us meanwhile: nobody asks any more.
    if (organisationId === undefined) return;
    const { bus, logger } = this.parts;
    const room = { roomId: RoomId.parse(event.roomId), organisationId };
    switch (event.type) {
      case 'producer-added':
      case 'producer-updated':
        return bus.publish(`sfu.${event.type}`, { ...room, producer: event.producer });
      case 'producer-removed':
        return bus.publish('sfu.producer-removed', {
          ...room,
          participantId: event.participantId,
          producerId: event.producerId,
        });
      case 'speaking':
        return bus.publish('sfu.speaking', { ...room, speakers: [...event.speakers] });
      case 'room-lost':
        this.organisations.delete(event.roomId);
        logger.error(room, `The media of a meeting is lost: ${event.reason}`);
        return bus.publish('sfu.room-lost', { ...room, reason: event.reason });
    }
  }
}

function toEngineSources(sources: readonly PlaySource[]): EngineSource[] {
  return sources.map(toEngineSource);
}
