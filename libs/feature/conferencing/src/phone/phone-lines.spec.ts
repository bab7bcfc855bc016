import { CallId, EndpointId, LegId, newId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { ManualClock, silentLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { PhoneLines } from './phone-lines.js';

it('tells of a phone that is lost, and not of one that was forgotten', async () => {
  const bus = createMemoryBus();
  const lost: string[] = [];
  const lines = new PhoneLines({ bus, clock: new ManualClock(), logger: silentLogger() }, ({ endpointId }, why) =>
    lost.push(`${endpointId} ${why}`),
  );
  const organisationId = newId(OrganisationId);
  const open = () => {
    const [callId, endpointId] = [newId(CallId), newId(EndpointId)];
    return lines.open({ organisationId, callId, endpointId, mediaOwnerId: OwnerId.parse('media') });
  };
  const [kept, forgotten] = [open(), open()];
  lines.forget(forgotten);
  expect([kept.gone, forgotten.gone]).toEqual([false, true]);
  for (const { callId, endpointId } of [kept, forgotten])
    bus.publish('media.endpoint-lost', {
      ...{ organisationId, callId, legId: newId(LegId), endpointId, reason: 'rtp-timeout' },
    });
  await bus.settled();
  expect(lost).toEqual([`${kept.endpointId} media-lost`]);
  lines.close();
  await bus.close();
});
