import { IvrMenuId, MailboxId, newId, OrganisationId, RingGroupId, RoomId, UserId } from '@carillon/domain';
import { describe, expect, it } from 'vitest';
import { GruuSeal } from '../registrar/gruu.js';
import { DEFAULT_REGISTRATION_POLICY } from '../registrar/registration-policy.js';
import { DEFAULT_CALL_POLICY, type Directory, type DirectoryUser } from './directory.js';
import { normaliseNumber, routeNumber, routeRedirect } from './route-call.js';

const alice: DirectoryUser = person('Alice', '1001', true);
const bob: DirectoryUser = person('Bob', '1002', false);
const gone: DirectoryUser = { ...person('Gone', '1003', true), disabled: true };
const groupId = newId(RingGroupId);
const menuId = newId(IvrMenuId);
const roomId = newId(RoomId);

const directory: Directory = {
  organisationId: newId(OrganisationId),
  sipDomain: 'example.org',
  ringSeconds: 20,
  numbers: new Map([
    ['1001', { kind: 'user', userId: alice.userId }],
    ['1002', { kind: 'user', userId: bob.userId }],
    ['1003', { kind: 'user', userId: gone.userId }],
    ['1100', { kind: 'group', ringGroupId: groupId }],
    ['1200', { kind: 'ivr', ivrMenuId: menuId }],
    ['1300', { kind: 'room', roomId }],
    ['1400', { kind: 'room', roomId: newId(RoomId) }],
    ['*97', { kind: 'voicemail' }],
    ['*43', { kind: 'echo' }],
  ]),
  users: new Map([alice, bob, gone].map((user) => [user.userId, user])),
  devices: new Map(),
  registration: DEFAULT_REGISTRATION_POLICY,
  gruuSeal: new GruuSeal('test'),
  trunks: [],
  callPolicy: DEFAULT_CALL_POLICY,
  groups: new Map([
    [
      groupId,
      {
        ringGroupId: groupId,
        name: 'Team',
        extension: '1100',
        ringSeconds: 30,
        memberIds: [alice.userId, gone.userId, bob.userId],
      },
    ],
  ]),
  ivrMenus: new Map([[menuId, { ivrMenuId: menuId, name: 'Reception', extension: '1200' }]]),
  rooms: new Map([[roomId, { roomId, name: 'Board room', extension: '1300' }]]),
  sipRole: 'b2bua',
  digest: 'by-phone',
  deviceProfiles: [],
  mailboxes: new Map(alice.mailboxId === null ? [] : [[alice.mailboxId, alice.userId]]),
};

function person(displayName: string, extension: string, mailbox: boolean): DirectoryUser {
  const mailboxId = mailbox ? newId(MailboxId) : null;
  return { userId: newId(UserId), displayName, extension, mailboxId, disabled: false };
}

describe('routeNumber', () => {
  it('rings a user, and then asks the mailbox where there is one', () => {
    expect(routeNumber(directory, '1001', bob.userId)).toEqual({
      target: { kind: 'user', number: '1001', name: 'Alice', userId: alice.userId },
      steps: [
        { kind: 'ring', userIds: [alice.userId], seconds: 20 },
        { kind: 'leave-voicemail', mailboxId: alice.mailboxId },
      ],
    });
    expect(routeNumber(directory, '1002', alice.userId).steps).toEqual([
      { kind: 'ring', userIds: [bob.userId], seconds: 20 },
    ]);
  });

  it('rings the members of a group that may be rung, for as long as the group says', () => {
    expect(routeNumber(directory, '1100', null)).toMatchObject({
      target: { kind: 'group', name: 'Team' },
      steps: [{ kind: 'ring', userIds: [alice.userId, bob.userId], seconds: 30 }],
    });
  });

  it.each([
    ['1200', 'ivr', { kind: 'voice-app', app: { kind: 'ivr', ivrMenuId: menuId } }],
    ['1300', 'room', { kind: 'room', roomId }],
    ['*43', 'echo', { kind: 'voice-app', app: { kind: 'echo' } }],
    ['*97', 'voicemail', { kind: 'voice-app', app: { kind: 'voicemail-menu', mailboxId: alice.mailboxId } }],
  ])('leads %s to the %s', (number, kind, step) => {
    const route = routeNumber(directory, number, alice.userId);
    expect(route.target.kind).toBe(kind);
    expect(route.steps).toEqual([step]);
  });

  it('opens no mailbox for a caller without one', () => {
    expect(routeNumber(directory, '*97', bob.userId).steps).toEqual([
      { kind: 'voice-app', app: { kind: 'voicemail-menu', mailboxId: null } },
    ]);
  });

  it.each(['7999', '1003', '1400', '', '*', '1001 '])('knows no way to %j', (number) => {
    expect(routeNumber(directory, number, alice.userId)).toMatchObject({ target: { kind: 'unknown' }, steps: [] });
  });
});

describe('routeRedirect', () => {
  it('takes numbers with visual separators, and everything that has an id', () => {
    expect(routeRedirect(directory, { kind: 'number', number: '10-01' }, null).target.kind).toBe('user');
    expect(routeRedirect(directory, { kind: 'user', userId: bob.userId }, null).target.number).toBe('1002');
    expect(routeRedirect(directory, { kind: 'group', ringGroupId: groupId }, null).target.number).toBe('1100');
    expect(routeRedirect(directory, { kind: 'ivr', ivrMenuId: menuId }, null).target.number).toBe('1200');
    expect(routeRedirect(directory, { kind: 'room', roomId }, null).target.number).toBe('1300');
    expect(
      routeRedirect(directory, { kind: 'voicemail', mailboxId: alice.mailboxId ?? newId(MailboxId) }, null),
    ).toMatchObject({ target: { userId: alice.userId }, steps: [{ kind: 'leave-voicemail' }] });
    expect(routeRedirect(directory, { kind: 'voicemail', mailboxId: newId(MailboxId) }, null).steps).toEqual([]);
  });

  it('leaves other characters alone', () => {
    expect(normaliseNumber('(0) 12-34.5*#a')).toBe('012345*#a');
  });

  it('leaves out what a telephone subscriber says besides (RFC 3261 §19.1.6)', () => {
    expect(normaliseNumber('+49-30-100;npdi;rn=+4930;phone-context=example.org')).toBe('+4930100');
  });
});
