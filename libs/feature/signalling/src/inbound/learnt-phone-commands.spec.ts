import type { LearntPhone } from '@carillon/contracts';
import { DeviceId, newId, OrganisationId } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { expect, it } from 'vitest';
import { placeOf } from '../processes/place.js';
import { handleLearntPhoneCommands } from './learnt-phone-commands.js';

const organisationId = newId(OrganisationId);
const learnt = (address: string, until: string, deviceId = newId(DeviceId)): LearntPhone => ({
  ...{ deviceId, address, userAgent: 'Old 1.0', since: '2026-01-01T00:00:00.000Z', until },
});

it('tells and forgets what every process has learnt, and leaves out one that does not run', async () => {
  const bus = createMemoryBus();
  const desk = learnt('192.0.2.7', '2026-01-02T00:00:00.000Z');
  const later = { ...desk, until: '2026-01-04T00:00:00.000Z' };
  const hall = learnt('192.0.2.8', '2026-01-03T00:00:00.000Z');
  const processes = [[desk], [later, hall]];
  for (const [worker, known] of processes.entries())
    handleLearntPhoneCommands({
      ...{ bus, place: placeOf({ worker, workers: 3 }) },
      givenUp: {
        list: (of) => (of === organisationId ? [...known] : []),
        forget: ({ deviceId }) => {
          for (let at = known.length - 1; at >= 0; at--) if (known[at]?.deviceId === deviceId) known.splice(at, 1);
        },
      },
    });
  const list = async (of = organisationId) => {
    const answer = await bus.call('learnt-phone.list', { organisationId: of });
    return answer.ok ? answer.phones : answer;
  };
  expect(await list()).toEqual([later, hall]);
  expect(await list(newId(OrganisationId))).toEqual([]);
  expect(await bus.call('learnt-phone.forget', { organisationId, deviceId: desk.deviceId })).toEqual({ ok: true });
  expect(processes).toEqual([[], [hall]]);
  expect(await list()).toEqual([hall]);
});
