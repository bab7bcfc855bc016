import { describe, expect, it } from 'vitest';
import { presenceOf, type Whereabouts } from './presence-state.js';

const nowhere: Whereabouts = {
  activeBrowsers: 0,
  idleBrowsers: 0,
  registeredDevices: 0,
  engagements: 0,
  choice: 'automatic',
};

describe('presence', () => {
  it.each([
    [{}, 'offline'],
    [{ choice: 'away' }, 'offline'],
    [{ registeredDevices: 1 }, 'available'],
    [{ activeBrowsers: 1 }, 'available'],
    [{ idleBrowsers: 1 }, 'away'],
    [{ idleBrowsers: 1, registeredDevices: 1 }, 'away'],
    [{ idleBrowsers: 1, activeBrowsers: 1 }, 'available'],
    [{ activeBrowsers: 1, choice: 'away' }, 'away'],
    [{ engagements: 1 }, 'in-a-call'],
    [{ activeBrowsers: 1, choice: 'away', engagements: 2 }, 'in-a-call'],
  ] as const)('%j is %s', (known, expected) => {
    expect(presenceOf({ ...nowhere, ...known })).toBe(expected);
  });
});
