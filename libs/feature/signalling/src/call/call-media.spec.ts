import { newId, OrganisationId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { CodedError, silentLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { CallMedia } from './call-media.js';
import { DEFAULT_CALL_POLICY } from '../routing/directory.js';
import { Call } from './call.js';
import { Leg } from './leg.js';

const party = { number: '1001', name: null, userId: null };

it.each([
  ['BUS.TIMEOUT', 1],
  ['MEDIA.BUSY', 0],
])('an opening that ends in %s is abandoned %i times', async (code, times) => {
  const bus = createMemoryBus();
  const abandoned: string[] = [];
  bus.subscribe('media.open-abandoned', ({ legId }) => void abandoned.push(legId));
  bus.handle('media.open', () => {
    throw new CodedError(code, 'It took too long');
  });
  const directory = { organisationId: newId(OrganisationId), sipDomain: 'a.test', callPolicy: DEFAULT_CALL_POLICY };
  const target = { kind: 'user' as const, ...party };
  const call = new Call({ directory, from: party, route: { target, steps: [] }, startedAt: 0 });
  const leg = new Leg('callee', party, null, { kind: 'outgoing', invite: undefined });
  expect(await new CallMedia(bus, silentLogger()).open(call, leg, {})).toMatchObject({ ok: false, code });
  await bus.settled();
  expect(abandoned).toEqual(times === 0 ? [] : [leg.legId]);
  await bus.close();
});
