import type { Database } from '@carillon/database';
import { newId, OrganisationId, TrunkId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import type { UserAgent } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import type { Place } from '../processes/place.js';
import { Directories } from '../routing/directories.js';
import type { Directory } from '../routing/directory.js';
import { startTrunks } from './start-trunks.js';
import type { Trunk } from './trunk.js';

const organisationId = newId(OrganisationId);
const trunk = { trunkId: newId(TrunkId), name: 'City', host: '192.0.2.1', sourceAddresses: [], maxCalls: 1 };

/** Not the process that asks providers: nothing is sent. */
const SECOND: Place = { own: 1, count: 2, owns: () => true, processOf: () => 0 };

it('a new trunk takes the call whose directory has it first, however late its own event is told', async () => {
  const trunks: object[] = [];
  const database = {
    asSystem: () => Promise.resolve([]),
    forOrganisation: () => Promise.resolve({ organisationId, sipDomain: 'demo.example', trunks: [...trunks] }),
  } as unknown as Pick<Database, 'forOrganisation' | 'asSystem'> as Database;
  const clock = new ManualClock();
  const directories = new Directories(database, clock, silentLogger());
  const running = await startTrunks({
    ...{ database, directories, clock, logger: silentLogger(), random: () => 0, countCalls: () => 0 },
    ...{ bus: createMemoryBus(), place: SECOND, unsealPassword: (sealed) => sealed },
    userAgent: {} as UserAgent,
  });
  const before = (await directories.of(organisationId)) as Directory;
  expect(before.trunks).toEqual([]);
  trunks.push({ ...trunk, maxCallsPerSecond: 1 });
  directories.invalidate(organisationId);
  const [added] = (await directories.of(organisationId))?.trunks ?? [];
  expect(running.trunks.admit(added as Trunk)).toBe('admitted');
  await running.close();
});
