import type { CallTargetKind, RedirectTarget, VoiceApp } from '@carillon/contracts';
import type { DeviceId, MailboxId, RoomId, TrunkId, UserId } from '@carillon/domain';
import { dialledBy, sameNumber } from '../trunks/number-rules.js';
import type { Trunk } from '../trunks/trunk.js';
import type { Directory, NumberTarget } from './directory.js';

/** A phone by its instance (RFC 5626 §4.1); the device is known where a temporary GRUU named it. */
export interface PhoneInstance {
  readonly instance: string;
  readonly deviceId: DeviceId | null;
}

/** One thing to try; the next is tried when it did not take the call. */
export type RouteStep =
  | {
      readonly kind: 'ring';
      readonly userIds: readonly UserId[];
      readonly seconds: number;
      /** The one phone of theirs that is meant. */
      readonly only?: PhoneInstance;
    }
  | { readonly kind: 'leave-voicemail'; readonly mailboxId: MailboxId }
  | { readonly kind: 'voice-app'; readonly app: VoiceApp }
  | { readonly kind: 'room'; readonly roomId: RoomId }
  /** One after the other, as long as they fail. */
  | { readonly kind: 'trunk'; readonly ways: readonly TrunkWay[] };

/** A number over a trunk, as it is dialled there. */
export interface TrunkWay {
  readonly trunkId: TrunkId;
  readonly number: string;
}

/** Where a call leads and what is tried in which order. No steps: an unknown number. */
export interface Route {
  readonly target: {
    readonly kind: CallTargetKind;
    readonly number: string;
    readonly name: string | null;
    readonly userId: UserId | null;
  };
  readonly steps: readonly RouteStep[];
}

/**
 * Decides where a dialled number leads. Pure.
 * @param callerUserId whose call it is: their own mailbox opens on the voicemail number
 */
export function routeNumber(directory: Directory, number: string, callerUserId: UserId | null): Route {
  const target = directory.numbers.get(number);
  return target === undefined ? unknown(number) : routeTarget(directory, target, { number, callerUserId });
}

/** Who dials, and on whose account: only a member's calls go out over trunks. */
export interface Dialling {
  readonly callerUserId: UserId | null;
  readonly payerUserId: UserId | null;
}

/** The same where outside numbers are allowed: what is no number of ours goes over the trunks that take it. */
export function routeDialled(directory: Directory, number: string, { callerUserId, payerUserId }: Dialling): Route {
  const inside = routeNumber(directory, number, callerUserId);
  if (inside.steps.length > 0 || payerUserId === null) return inside;
  const ways = directory.trunks.flatMap(({ trunkId, outbound }): TrunkWay[] => {
    const dialled = dialledBy(outbound, number);
    return dialled === undefined || dialled === '' ? [] : [{ trunkId, number: dialled }];
  });
  if (ways.length === 0) return inside;
  return { target: { kind: 'external', number, name: null, userId: null }, steps: [{ kind: 'trunk', ways }] };
}

/** Where a call from a trunk leads: the extension behind the number, or where other numbers lead. Never out again. */
export function routeFromTrunk(directory: Directory, trunk: Trunk, number: string): Route {
  const extension = trunk.inbound.find((one) => sameNumber(one.number, number))?.extension ?? trunk.defaultExtension;
  return extension === null ? unknown(number) : routeNumber(directory, extension, null);
}

/** The same for a target that is already known, e.g. a key of an IVR menu. */
export function routeRedirect(directory: Directory, target: RedirectTarget, callerUserId: UserId | null): Route {
  switch (target.kind) {
    case 'number':
      return routeDialled(directory, normaliseNumber(target.number), { callerUserId, payerUserId: callerUserId });
    case 'user': {
      const number = directory.users.get(target.userId)?.extension ?? '';
      return routeTarget(directory, target, { number, callerUserId });
    }
    case 'group': {
      const number = directory.groups.get(target.ringGroupId)?.extension ?? '';
      return routeTarget(directory, target, { number, callerUserId });
    }
    case 'ivr': {
      const number = directory.ivrMenus.get(target.ivrMenuId)?.extension ?? '';
      return routeTarget(directory, target, { number, callerUserId });
    }
    case 'room': {
      const number = directory.rooms.get(target.roomId)?.extension ?? '';
      return routeTarget(directory, target, { number, callerUserId });
    }
    case 'voicemail':
      return routeToMailbox(directory, target.mailboxId);
  }
}

/**
 * Takes out of what people dial the visual separators, and what a telephone subscriber in a user part has behind its number
 * (`;phone-context=`, `;npdi`, `;ext=`; RFC 3261 §19.1.6, RFC 3966 §3, RFC 4694 §5). Other characters stay, and lead nowhere.
 */
export function normaliseNumber(dialled: string): string {
  const end = dialled.indexOf(';');
  return (end < 0 ? dialled : dialled.slice(0, end)).replace(/[\s().-]/g, '');
}

interface Dialled {
  readonly number: string;
  readonly callerUserId: UserId | null;
}

function routeTarget(directory: Directory, target: NumberTarget, { number, callerUserId }: Dialled): Route {
  switch (target.kind) {
    case 'user':
      return routeToUser(directory, target.userId, number);
    case 'group': {
      const group = directory.groups.get(target.ringGroupId);
      if (group === undefined) return unknown(number);
      const userIds = group.memberIds.filter((userId) => directory.users.get(userId)?.disabled === false);
      return {
        target: { kind: 'group', number, name: group.name, userId: null },
        steps: [{ kind: 'ring', userIds, seconds: group.ringSeconds }],
      };
    }
    case 'ivr': {
      const menu = directory.ivrMenus.get(target.ivrMenuId);
      if (menu === undefined) return unknown(number);
      const app: VoiceApp = { kind: 'ivr', ivrMenuId: target.ivrMenuId };
      return { target: { kind: 'ivr', number, name: menu.name, userId: null }, steps: [{ kind: 'voice-app', app }] };
    }
    case 'room': {
      const room = directory.rooms.get(target.roomId);
      if (room === undefined) return unknown(number);
      const { roomId } = target;
      return { target: { kind: 'room', number, name: room.name, userId: null }, steps: [{ kind: 'room', roomId }] };
    }
    case 'voicemail': {
      const caller = callerUserId === null ? undefined : directory.users.get(callerUserId);
      const app: VoiceApp = { kind: 'voicemail-menu', mailboxId: caller?.mailboxId ?? null };
      return {
        target: { kind: 'voicemail', number, name: 'Voicemail', userId: null },
        steps: [{ kind: 'voice-app', app }],
      };
    }
    case 'echo':
      return {
        target: { kind: 'echo', number, name: 'Echo', userId: null },
        steps: [{ kind: 'voice-app', app: { kind: 'echo' } }],
      };
  }
}

/** Rings, and then the mailbox where there is one. Someone who may not use the system any more has no number. */
function routeToUser(directory: Directory, userId: UserId, number: string): Route {
  const user = directory.users.get(userId);
  if (user === undefined || user.disabled) return unknown(number);
  const ring: RouteStep = { kind: 'ring', userIds: [userId], seconds: directory.ringSeconds };
  return {
    target: { kind: 'user', number, name: user.displayName, userId },
    steps: user.mailboxId === null ? [ring] : [ring, { kind: 'leave-voicemail', mailboxId: user.mailboxId }],
  };
}

function routeToMailbox(directory: Directory, mailboxId: MailboxId): Route {
  const owner = directory.mailboxes.get(mailboxId);
  const user = owner === undefined ? undefined : directory.users.get(owner);
  if (user === undefined) return unknown('');
  return {
    target: { kind: 'voicemail', number: user.extension ?? '', name: user.displayName, userId: user.userId },
    steps: [{ kind: 'leave-voicemail', mailboxId }],
  };
}

function unknown(number: string): Route {
  return { target: { kind: 'unknown', number, name: null, userId: null }, steps: [] };
}
