import type { DigestPolicy, LearntPhone } from '@carillon/contracts';
import { DeviceId, newId, OrganisationId, STANDARD_PROFILE, type DeviceProfile } from '@carillon/domain';
import { createMemoryBus } from '@carillon/event-bus';
import { expect, it, vi } from 'vitest';
import { ownerIdOf, placeOf } from '../processes/place.js';
import { handleLearntPhoneCommands } from './learnt-phone-commands.js';

const organisationId = newId(OrganisationId);
/** What the organisation has decided. */
interface Decided {
  readonly digest: DigestPolicy;
  readonly deviceProfiles: readonly DeviceProfile[];
}
const nothingDecided: Decided = { digest: 'by-phone', deviceProfiles: [] };
const directories = { of: () => Promise.resolve(nothingDecided) };
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
      ...{ bus, directories, place: placeOf({ worker, workers: 3 }) },
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

it('answers before whoever asked gives up where two processes hang, with what the others know', async () => {
  vi.useFakeTimers();
  const bus = createMemoryBus();
  const forgotten: string[] = [];
  const [desk, hall] = [
    learnt('192.0.2.7', '2026-01-02T00:00:00.000Z'),
    learnt('192.0.2.8', '2026-01-03T00:00:00.000Z'),
  ];
  // The last of four runs; two that hang are before it.
  for (const [worker, phone] of [[0, desk] as const, [3, hall] as const])
    handleLearntPhoneCommands({
      ...{ bus, directories, place: placeOf({ worker, workers: 4 }) },
      givenUp: { list: () => [phone], forget: () => void forgotten.push(phone.address) },
    });
  for (const worker of [1, 2]) {
    const hung = { ownerId: ownerIdOf(worker) };
    bus.handle('signalling.learnt-phones', () => new Promise<never>(() => undefined), hung);
    bus.handle('signalling.forget-phone', () => new Promise<never>(() => undefined), hung);
  }
  const listed = bus.call('learnt-phone.list', { organisationId });
  await vi.advanceTimersByTimeAsync(5_000);
  const answer = await listed;
  expect(answer.ok && answer.phones).toEqual(expect.arrayContaining([desk, hall]));
  const forget = bus.call('learnt-phone.forget', { organisationId, deviceId: desk.deviceId });
  await vi.advanceTimersByTimeAsync(5_000);
  expect([await forget, forgotten.toSorted()]).toEqual([{ ok: true }, ['192.0.2.7', '192.0.2.8']]);
  vi.useRealTimers();
});

it.each<[string, Partial<Decided>, number]>([
  ['as long as nothing else is decided', {}, 1],
  ['but not where SHA-256 alone is asked for', { digest: 'sha256-only' }, 0],
  ['but not beside a profile that offers SHA-256 first', { deviceProfiles: [asked('sha256-first')] }, 0],
  ['but not beside a profile that offers MD5 alone', { deviceProfiles: [asked('md5-only')] }, 0],
  ['and beside a profile under which it is learnt', { deviceProfiles: [asked('md5-first')] }, 1],
])('tells what is used still: %s', async (_what, change, count) => {
  const bus = createMemoryBus();
  const decided: Decided = { ...nothingDecided, ...change };
  handleLearntPhoneCommands({
    ...{ bus, directories: { of: () => Promise.resolve(decided) }, place: placeOf({ worker: 0, workers: 1 }) },
    givenUp: { list: () => [learnt('192.0.2.7', '2026-01-02T00:00:00.000Z')], forget: () => undefined },
  });
  const answer = await bus.call('learnt-phone.list', { organisationId });
  expect(answer.ok && answer.phones.length).toBe(count);
});

function asked(digest: DeviceProfile['quirks']['digest']): DeviceProfile {
  return { name: 'Old', userAgent: 'old', quirks: { ...STANDARD_PROFILE.quirks, digest } };
}
