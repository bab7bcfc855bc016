import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger } from '@carillon/service-runtime';
import type { Place } from '../processes/place.js';
import { SharedBindings } from '../processes/shared-bindings.js';
import { BindingRecords } from './binding-records.js';
import { defaultMaxRegistrations } from './max-registrations.js';
import { Registrar } from './registrar.js';

export interface RegistrarOptions {
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly place: Place;
  /** Bindings; what the memory holds where left out. */
  readonly maximum: number | undefined;
}

export interface RunningRegistrar {
  readonly registrar: Registrar;
  /** How many bindings are ours to write and to watch. */
  count(): number;
  /** Tells the other processes nothing more. */
  stopSharing(): void;
}

/**
 * The registrar with the bindings that were there before: first those of the other processes, then those of the database,
 * which may be older.
 * @throws {CodedError} `DATABASE.UNAVAILABLE`
 */
export async function startRegistrar(options: RegistrarOptions): Promise<RunningRegistrar> {
  const { database, bus, clock, logger, place, maximum = defaultMaxRegistrations() } = options;
  const isAlone = place.count === 1;
  const registrar = new Registrar({
    records: new BindingRecords(database),
    ...{ bus, clock, logger, maximum },
    ...(isAlone ? {} : { owns: place.owns }),
  });
  const shared = isAlone ? undefined : new SharedBindings({ registrar, bus, place, clock });
  await shared?.learn();
  await registrar.restore();
  return {
    registrar,
    count: () => (isAlone ? registrar.size : [...registrar.all()].filter(({ callId }) => place.owns(callId)).length),
    stopSharing: () => shared?.close(),
  };
}
