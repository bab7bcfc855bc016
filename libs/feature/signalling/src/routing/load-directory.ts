import { SipSettings } from '@carillon/contracts';
import type { Database, Tx } from '@carillon/database';
import {
  DeviceId,
  DeviceProfiles,
  IvrMenuId,
  MailboxId,
  OrganisationId,
  RingGroupId,
  RoomId,
  UserId,
} from '@carillon/domain';
import { z } from 'zod';
import { loadTrunks } from '../trunks/load-trunks.js';
import { GruuSeal } from '../registrar/gruu.js';
import type { Directory, NumberTarget } from './directory.js';

/** What signalling reads from the organisation's settings; anything else in there is for others. */
const OrganisationSettings = z.object({
  deviceProfiles: DeviceProfiles.catch([]),
  ...SipSettings.shape,
});

/** Reads an organisation's directory in one transaction. @returns undefined where there is no such organisation */
export function loadDirectory(
  database: Pick<Database, 'forOrganisation'>,
  organisationId: OrganisationId,
): Promise<Directory | undefined> {
  return database.forOrganisation(organisationId, (tx) => readDirectory(tx, organisationId));
}

async function readDirectory(tx: Tx, organisationId: OrganisationId): Promise<Directory | undefined> {
  const organisation = await tx.organisation.findUnique({ where: { id: organisationId } });
  if (organisation === null) return undefined;
  const users = await tx.user.findMany({ include: { extension: true, mailbox: { select: { id: true } } } });
  const devices = await tx.device.findMany();
  const extensions = await tx.extension.findMany();
  const groups = await tx.ringGroup.findMany({
    include: { members: { orderBy: { position: 'asc' }, select: { userId: true } } },
  });
  const menus = await tx.ivrMenu.findMany({ select: { id: true, name: true } });
  const rooms = await tx.room.findMany({ select: { id: true, name: true } });

  const settings = OrganisationSettings.safeParse(organisation.settings).data ?? OrganisationSettings.parse({});

  const numberOf = new Map<string, string>();
  for (const extension of extensions) {
    const owner = extension.ringGroupId ?? extension.ivrMenuId ?? extension.roomId;
    if (owner !== null) numberOf.set(owner, extension.number);
  }
  return {
    organisationId,
    sipDomain: organisation.sipDomain.toLowerCase(),
    registration: settings.registration,
    gruuSeal: new GruuSeal(organisation.gruuKey),
    ringSeconds: settings.ringSeconds,
    callPolicy: settings,
    sipRole: settings.sipRole,
    digest: settings.digest,
    deviceProfiles: settings.deviceProfiles,
    trunks: await loadTrunks(tx),
    numbers: new Map(
      extensions.flatMap((extension): [string, NumberTarget][] => {
        const target = targetOf(extension);
        return target === undefined ? [] : [[extension.number, target]];
      }),
    ),
    users: new Map(
      users.map((user) => [
        UserId.parse(user.id),
        {
          userId: UserId.parse(user.id),
          displayName: user.displayName,
          extension: user.extension?.number ?? null,
          mailboxId: user.mailbox === null ? null : MailboxId.parse(user.mailbox.id),
          disabled: user.disabledAt !== null,
          isAdmin: user.role === 'admin',
        },
      ]),
    ),
    devices: new Map(
      devices.map((device) => [
        device.sipUsername,
        {
          deviceId: DeviceId.parse(device.id),
          userId: UserId.parse(device.userId),
          name: device.name,
          sipUsername: device.sipUsername,
          ha1: { MD5: device.ha1Md5, 'SHA-256': device.ha1Sha256 },
          disabled: device.disabledAt !== null,
        },
      ]),
    ),
    groups: new Map(
      groups.map((group) => [
        RingGroupId.parse(group.id),
        {
          ringGroupId: RingGroupId.parse(group.id),
          name: group.name,
          extension: numberOf.get(group.id) ?? '',
          ringSeconds: group.ringSeconds,
          memberIds: group.members.map((member) => UserId.parse(member.userId)),
        },
      ]),
    ),
    ivrMenus: new Map(
      menus.map(({ id, name }) => [
        IvrMenuId.parse(id),
        { ivrMenuId: IvrMenuId.parse(id), name, extension: numberOf.get(id) ?? '' },
      ]),
    ),
    rooms: new Map(
      rooms.map(({ id, name }) => [
        RoomId.parse(id),
        { roomId: RoomId.parse(id), name, extension: numberOf.get(id) ?? '' },
      ]),
    ),
    mailboxes: new Map(
      users.flatMap((user) =>
        user.mailbox === null ? [] : [[MailboxId.parse(user.mailbox.id), UserId.parse(user.id)]],
      ),
    ),
  };
}

interface ExtensionRow {
  readonly kind: 'user' | 'group' | 'ivr' | 'room' | 'voicemail' | 'echo';
  readonly userId: string | null;
  readonly ringGroupId: string | null;
  readonly ivrMenuId: string | null;
  readonly roomId: string | null;
}

/** A number whose owner is gone leads nowhere. */
function targetOf(row: ExtensionRow): NumberTarget | undefined {
  switch (row.kind) {
    case 'user':
      return row.userId === null ? undefined : { kind: 'user', userId: UserId.parse(row.userId) };
    case 'group':
      return row.ringGroupId === null ? undefined : { kind: 'group', ringGroupId: RingGroupId.parse(row.ringGroupId) };
    case 'ivr':
      return row.ivrMenuId === null ? undefined : { kind: 'ivr', ivrMenuId: IvrMenuId.parse(row.ivrMenuId) };
    case 'room':
      return row.roomId === null ? undefined : { kind: 'room', roomId: RoomId.parse(row.roomId) };
    case 'voicemail':
      return { kind: 'voicemail' };
    case 'echo':
      return { kind: 'echo' };
  }
}
