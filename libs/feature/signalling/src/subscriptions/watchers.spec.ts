import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import type { NotifierSubscription } from '@carillon/sip-stack';
import { expect, it } from 'vitest';
import { Watchers, type Watcher } from './watchers.js';

const organisationId = newId(OrganisationId);
const [alice, bob] = [newId(UserId), newId(UserId)];

function watcher(change: Partial<Watcher> = {}, reachable = true): Watcher & { ends: string[] } {
  const ends: string[] = [];
  const subscription = { reachable, terminate: (reason: string) => Promise.resolve(void ends.push(reason)) };
  return {
    subscription: subscription as unknown as NotifierSubscription,
    organisationId,
    userId: alice,
    deviceId: newId(DeviceId),
    sipUsername: '1001',
    watchedId: bob,
    ends,
    ...change,
  };
}

it('are bounded in all and for one device', () => {
  const watchers = new Watchers<Watcher>({ all: 3, perDevice: 2 });
  const [first] = [watcher(), watcher()].map((one) => {
    watchers.add(one);
    return one;
  });
  expect(watchers.isFull({ organisationId, sipUsername: '1001' })).toBe(true);
  expect(watchers.isFull({ organisationId, sipUsername: '1002' })).toBe(false);
  watchers.add(watcher({ sipUsername: '1002' }));
  expect(watchers.isFull({ organisationId, sipUsername: '1003' })).toBe(true);
  if (first !== undefined) watchers.remove(first);
  if (first !== undefined) watchers.remove(first);
  expect([watchers.size, watchers.isFull({ organisationId, sipUsername: '1001' })]).toEqual([2, false]);
});

it('of a phone that came back without them make room for its new ones', () => {
  const watchers = new Watchers<Watcher>({ all: 9, perDevice: 2 });
  const [there, left, other] = [watcher(), watcher({}, false), watcher({ sipUsername: '1002' }, false)];
  for (const one of [there, left, other]) watchers.add(one);
  expect(watchers.isFull({ organisationId, sipUsername: '1001' })).toBe(false);
  expect([there.ends, left.ends, other.ends, watchers.size]).toEqual([[], ['deactivated'], [], 2]);
});

it('end with the device or user that watches, and with the user who is watched', () => {
  const watchers = new Watchers<Watcher>({ all: 9, perDevice: 9 });
  const all = [watcher(), watcher({ sipUsername: '1001-2' }), watcher({ userId: bob, watchedId: alice })];
  for (const one of all) watchers.add(one);
  watchers.endOf(alice, '1001');
  expect(all.map(({ ends }) => ends)).toEqual([['rejected'], [], []]);
  watchers.endOf(alice);
  expect(all.map(({ ends }) => ends)).toEqual([['rejected'], ['rejected'], ['noresource']]);
  expect(watchers.size).toBe(0);
});

it('end when the watched user is taken away or disabled, in that organisation alone', () => {
  const watchers = new Watchers<Watcher>({ all: 9, perDevice: 9 });
  const one = watcher();
  const other = watcher({ organisationId: newId(OrganisationId) });
  watchers.add(one);
  watchers.add(other);
  watchers.keepTo({ organisationId, users: new Map() });
  expect([one.ends, other.ends]).toEqual([['noresource'], []]);
});
