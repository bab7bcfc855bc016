import { DEFAULT_NEXT_TRUNK_STATUSES } from '@carillon/contracts';
import { describe, expect, it } from 'vitest';
import { leadsOn } from './leads-on.js';

const trunk = { nextTrunkStatuses: DEFAULT_NEXT_TRUNK_STATUSES, mediaEncryption: 'none' } as const;

describe('where nothing else is set', () => {
  it.each([401, 403, 407, 408, 415, 420, 488, 500, 502, 503, 504, 599])('%i is the trunk’s own affair', (sipStatus) =>
    expect(leadsOn(trunk, { sipStatus })).toBe(true),
  );
  it.each([400, 404, 410, 480, 484, 486, 487, 600, 603, 604, 606])('%i is the called party’s word', (sipStatus) =>
    expect(leadsOn(trunk, { sipStatus })).toBe(false),
  );
});

it('an admin names others, one by one or by their first digit', () => {
  const own = { ...trunk, nextTrunkStatuses: ['404', '6xx'] };
  const led = [404, 480, 503, 600, 603].filter((sipStatus) => leadsOn(own, { sipStatus }));
  expect(led).toEqual([404, 600, 603]);
});

it('a trunk that is not there always leads on', () => {
  const none = { ...trunk, nextTrunkStatuses: [] };
  expect(leadsOn(none, { sipStatus: 503 })).toBe(false);
  expect(leadsOn(none, { sipStatus: 503, isUnheard: true })).toBe(true);
});

it('one that sends the call on to where we do not follow says nothing of who is called', () => {
  const none = { ...trunk, nextTrunkStatuses: [] };
  expect(leadsOn(none, { sipStatus: 480 })).toBe(false);
  expect(leadsOn(none, { sipStatus: 480, isSentOn: true })).toBe(true);
});

it('606 leads on where it may be about the SRTP that we insisted on', () => {
  expect(leadsOn({ ...trunk, mediaEncryption: 'srtp' }, { sipStatus: 606 })).toBe(true);
});
