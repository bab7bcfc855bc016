import { STANDARD_PROFILE, type DeviceProfile } from '@carillon/domain';
import { expect, it } from 'vitest';
import { putProfile, removeProfile } from './change-profiles.js';

const profile = (name: string, quirks: Partial<DeviceProfile['quirks']> = {}): DeviceProfile => ({
  ...{ name, userAgent: `${name}/1` },
  quirks: { ...STANDARD_PROFILE.quirks, ...quirks },
});
const lobby = profile('Lobby');
const door = profile('Door');

it('an edited profile stays in its place, a new one comes last', () => {
  const edited = profile('Entrance');
  expect(putProfile(edited, lobby)([lobby, door])).toEqual([edited, door]);
  expect(putProfile(edited, null)([lobby, door])).toEqual([lobby, door, edited]);
});

it('one that another administrator has changed meanwhile is found by its name', () => {
  const theirs = profile('Lobby', { digest: 'md5-only' });
  const ours = profile('Lobby', { sessionTimer: false });
  expect(putProfile(ours, lobby)([door, theirs])).toEqual([door, ours]);
  expect(removeProfile(lobby)([door, theirs])).toEqual([door]);
});

it('of two with the same name the one that was shown is meant', () => {
  const second = profile('Lobby', { digest: 'md5-only' });
  expect(removeProfile(second)([lobby, second])).toEqual([lobby]);
});

it('one that was deleted meanwhile is put at the end, or stays deleted', () => {
  expect(putProfile(lobby, lobby)([door])).toEqual([door, lobby]);
  expect(removeProfile(lobby)([door])).toEqual([door]);
});
