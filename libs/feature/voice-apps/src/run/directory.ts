import { ExtensionNumber, IvrMenuId, MailboxId, RingGroupId, RoomId, UserId } from '@carillon/domain';
import { Database, type Extension, type IvrEntry } from '@carillon/database';
import { Inject, Injectable } from '@nestjs/common';
import type { Destination, Menu, MenuAction } from './run.machine.js';

/** Looks up what callers are led to. */
@Injectable()
export class Directory {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @returns null where the organisation has no such menu */
  loadMenu(organisationId: string, ivrMenuId: string): Promise<Menu | null> {
    return this.database.forOrganisation(organisationId, async (tx) => {
      const menu = await tx.ivrMenu.findUnique({ where: { id: ivrMenuId }, include: { entries: true } });
      if (menu === null) return null;
      const { welcomeText, timeoutSeconds, maxRetries, operatorUserId, entries } = menu;
      const userIds = [operatorUserId, ...entries.map((entry) => entry.userId)].filter((id) => id !== null);
      const boxes = await tx.mailbox.findMany({ where: { userId: { in: userIds } }, select: { userId: true } });
      const withBox = new Set(boxes.map(({ userId }) => userId));
      const actions = entries.flatMap((entry): [string, MenuAction][] => {
        const action = actionOf(entry, withBox);
        return action === null ? [] : [[entry.digit, action]];
      });
      const operator = operatorUserId === null ? null : toUser(operatorUserId, withBox);
      return { welcomeText, timeoutMs: timeoutSeconds * 1000, maxRetries, operator, entries: new Map(actions) };
    });
  }

  /** The welcome texts of all organisations' menus, at most `limit`. */
  listWelcomes(limit: number): Promise<string[]> {
    return this.database.asSystem('preparing the prompts of IVR menus', async (tx) => {
      const menus = await tx.ivrMenu.findMany({ select: { welcomeText: true }, orderBy: { id: 'asc' }, take: limit });
      return menus.map(({ welcomeText }) => welcomeText);
    });
  }

  /** Where an extension leads that any caller may dial; null for unknown numbers and feature codes. */
  findDestination(organisationId: string, number: string): Promise<Destination | null> {
    if (!ExtensionNumber.safeParse(number).success) return Promise.resolve(null);
    return this.database.forOrganisation(organisationId, async (tx) => {
      const extension = await tx.extension.findUnique({ where: { organisationId_number: { organisationId, number } } });
      if (extension === null) return null;
      if (extension.userId === null) return destinationOf(extension);
      const owner = await tx.user.findUnique({
        where: { id: extension.userId },
        select: { disabledAt: true, mailbox: { select: { id: true } } },
      });
      if (owner === null || owner.disabledAt !== null) return null;
      return toUser(extension.userId, new Set(owner.mailbox === null ? [] : [extension.userId]));
    });
  }

  /** Do the digits name an extension, and begin no longer one? */
  isUnambiguous(organisationId: string, digits: string): Promise<boolean> {
    if (!ExtensionNumber.safeParse(digits).success) return Promise.resolve(false);
    return this.database.forOrganisation(organisationId, async (tx) => {
      const numbers = await tx.extension.findMany({
        where: { number: { startsWith: digits } },
        select: { number: true },
        take: 2,
      });
      return numbers.length === 1 && numbers[0]?.number === digits;
    });
  }
}

function toUser(userId: string, withBox: ReadonlySet<string>): Destination {
  return { target: { kind: 'user', userId: UserId.parse(userId) }, takesMessages: withBox.has(userId) };
}

function actionOf(entry: IvrEntry, withBox: ReadonlySet<string>): MenuAction | null {
  const { action, ringGroupId, userId, mailboxId } = entry;
  if (action === 'group' && ringGroupId !== null) return { kind: 'connect', ...toGroup(ringGroupId) };
  if (action === 'user' && userId !== null) return { kind: 'connect', ...toUser(userId, withBox) };
  if (action === 'voicemail' && mailboxId !== null) return { kind: 'voicemail', mailboxId: MailboxId.parse(mailboxId) };
  if (action === 'dial-extension' || action === 'repeat' || action === 'hang-up') return { kind: action };
  return null;
}

function toGroup(ringGroupId: string): Destination {
  return { target: { kind: 'group', ringGroupId: RingGroupId.parse(ringGroupId) }, takesMessages: false };
}

function destinationOf({ kind, ringGroupId, ivrMenuId, roomId }: Extension): Destination | null {
  switch (kind) {
    case 'group':
      return ringGroupId === null ? null : toGroup(ringGroupId);
    case 'ivr':
      return ivrMenuId === null
        ? null
        : { target: { kind: 'ivr', ivrMenuId: IvrMenuId.parse(ivrMenuId) }, takesMessages: true };
    case 'room':
      return roomId === null ? null : { target: { kind: 'room', roomId: RoomId.parse(roomId) }, takesMessages: true };
    // Feature codes are for the organisation's own phones.
    case 'user':
    case 'voicemail':
    case 'echo':
      return null;
  }
}
