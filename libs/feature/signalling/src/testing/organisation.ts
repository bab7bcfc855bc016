import { randomUUID } from 'node:crypto';
import type { Database } from '@carillon/database';
import { MailboxId, OrganisationId, UserId } from '@carillon/domain';
import { computeHa1 } from '@carillon/identity';

export interface TestUser {
  readonly userId: UserId;
  readonly mailboxId: MailboxId | null;
}

export interface TestOrganisation {
  readonly organisationId: OrganisationId;
  readonly domain: string;
  /** By extension; the SIP user name is the extension, the password `pw-` and the extension. */
  readonly users: ReadonlyMap<string, TestUser>;
}

/** An organisation with these extensions; those in `mailboxes` have voicemail. IVR 1200 is there too. */
export function addOrganisation(
  database: Database,
  extensions: readonly string[],
  mailboxes: readonly string[] = [],
): Promise<TestOrganisation> {
  const slug = randomUUID();
  const domain = `${slug}.test`;
  return database.asSystem('test data', async (tx) => {
    const { id: organisationId } = await tx.organisation.create({
      data: { slug, name: slug, sipDomain: domain, settings: { ringSeconds: 5 } },
    });
    const users = new Map<string, TestUser>();
    for (const number of extensions) {
      const email = `${number}@${domain}`;
      const user = await tx.user.create({
        data: { organisationId, email, displayName: `User ${number}`, passwordHash: '-' },
      });
      const userId = user.id;
      await tx.extension.create({ data: { organisationId, number, kind: 'user', userId } });
      const ha1 = computeHa1(number, domain, `pw-${number}`);
      await tx.device.create({ data: { organisationId, userId, name: 'Desk', sipUsername: number, ...ha1 } });
      const mailbox = mailboxes.includes(number)
        ? await tx.mailbox.create({ data: { organisationId, userId, pinHash: '-' } })
        : null;
      const mailboxId = mailbox === null ? null : MailboxId.parse(mailbox.id);
      users.set(number, { userId: UserId.parse(userId), mailboxId });
    }
    const menu = await tx.ivrMenu.create({ data: { organisationId, name: 'Reception', welcomeText: 'Hello' } });
    await tx.extension.create({ data: { organisationId, number: '1200', kind: 'ivr', ivrMenuId: menu.id } });
    return { organisationId: OrganisationId.parse(organisationId), domain, users };
  });
}
