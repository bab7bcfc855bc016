import type { Bus } from '@carillon/event-bus';
import type { HealthState, Metrics } from '@carillon/service-runtime';
import type { Calls } from '../call/calls.js';
import { liveCallOf } from '../call/live-call.js';
import { ownerIdOf, type Place } from './place.js';
import { callFactsOf } from './shared-calls.js';

export interface ProcessCommandParts {
  readonly bus: Bus;
  readonly place: Place;
  readonly calls: Pick<Calls, 'all' | 'size'>;
  readonly metrics: Pick<Metrics, 'asJson'>;
  readonly check: () => HealthState;
  readonly countRegistrations: () => number;
}

/** What one process of signalling tells the others and the one that started it. @returns stops */
export function handleProcessCommands(parts: ProcessCommandParts): () => void {
  const { bus, place, calls, metrics, check, countRegistrations } = parts;
  const ownerId = ownerIdOf(place.own);
  const stops = [
    bus.handle(
      'signalling.describe',
      () => {
        const { ok: healthy, detail = '' } = check();
        return { ok: true, healthy, detail, calls: calls.size, registrations: countRegistrations() };
      },
      { ownerId },
    ),
    bus.handle('signalling.metrics', async () => ({ ok: true, metrics: await metrics.asJson() }), { ownerId }),
    bus.handle(
      'signalling.calls',
      () => ({ ok: true, calls: calls.all().map(liveCallOf), facts: calls.all().map(callFactsOf) }),
      { ownerId },
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
