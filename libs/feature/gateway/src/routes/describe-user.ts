import type { z } from 'zod';
import type { Device as DeviceContract, User as UserContract } from '@carillon/contracts';
import type { Device, Extension, Mailbox, User } from '@carillon/database';

/** What `describeUser` needs beside the user itself. */
export const WITH_USER_PARTS = { extension: true, mailbox: true, devices: { orderBy: { createdAt: 'asc' } } } as const;

export type UserWithParts = User & { extension: Extension | null; mailbox: Mailbox | null; devices: Device[] };

export function describeDevice({
  id,
  name,
  sipUsername,
  disabledAt,
  createdAt,
}: Device): z.input<typeof DeviceContract> {
  return { deviceId: id, name, sipUsername, disabled: disabledAt !== null, createdAt: createdAt.toISOString() };
}

/** A user as admins see it. */
export function describeUser(user: UserWithParts): z.input<typeof UserContract> {
  const { id, email, displayName, role, isOperator, extension, mailbox, disabledAt, createdAt, devices } = user;
  return {
    ...{ userId: id, email, displayName, role, isOperator },
    extension: extension?.number ?? null,
    mailboxId: mailbox?.id ?? null,
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
    devices: devices.map(describeDevice),
  };
}
