import { Database, type Tx } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { Inject, Injectable } from '@nestjs/common';

/** A mailbox and whose it is. */
export interface MailboxInfo {
  readonly organisationId: string;
  readonly mailboxId: string;
  readonly userId: string;
  readonly ownerName: string;
  readonly extension: string | null;
  readonly pinHash: string;
  /** WAV relative to the data directory. */
  readonly greetingPath: string | null;
}

export interface MailboxCounts {
  readonly newCount: number;
  readonly oldCount: number;
}

/** A message as the phone menu plays it. */
export interface StoredMessage {
  readonly messageId: string;
  readonly fromNumber: string;
  readonly fromName: string | null;
  readonly receivedAt: Date;
  /** WAV relative to the data directory. */
  readonly path: string;
  readonly heard: boolean;
}

/** What becomes of a message. To keep it (`saved`) restores it too. */
export type MessageChange = { readonly heard: boolean } | { readonly saved: true } | { readonly deleted: boolean };

const WITH_OWNER = { user: { select: { displayName: true, extension: { select: { number: true } } } } } as const;

/** The record of mailboxes and their messages. Whatever changes the counts is told as `mailbox.changed`. */
@Injectable()
export class Mailboxes {
  /** One at a time for each mailbox, so that the last told counts are the newest. */
  private readonly telling = new Map<string, Promise<void>>();

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Bus) private readonly bus: Bus,
  ) {}

  find(organisationId: string, mailboxId: string): Promise<MailboxInfo | null> {
    return this.findWhere(organisationId, { id: mailboxId });
  }

  findByExtension(organisationId: string, number: string): Promise<MailboxInfo | null> {
    return this.findWhere(organisationId, { user: { disabledAt: null, extension: { number } } });
  }

  /** Whose mailboxes there are in all organisations, at most `limit`. */
  listOwners(limit: number): Promise<{ ownerName: string; extension: string | null }[]> {
    return this.database.asSystem('preparing the greetings of mailboxes', async (tx) => {
      const order = { orderBy: { id: 'asc' }, take: limit } as const;
      const rows = await tx.mailbox.findMany({ where: { greetingPath: null }, include: WITH_OWNER, ...order });
      return rows.map(({ user }) => ({ ownerName: user.displayName, extension: user.extension?.number ?? null }));
    });
  }

  count(organisationId: string, mailboxId: string): Promise<MailboxCounts> {
    return this.database.forOrganisation(organisationId, (tx) => countIn(tx, mailboxId));
  }

  /** New ones first, each in the order of arrival. */
  listMessages(organisationId: string, mailboxId: string): Promise<StoredMessage[]> {
    return this.database.forOrganisation(organisationId, async (tx) => {
      const rows = await tx.voicemailMessage.findMany({
        where: { mailboxId, deletedAt: null },
        orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
      });
      const messages = rows.map(({ id, fromNumber, fromName, receivedAt, path, heardAt }) => ({
        ...{ messageId: id, fromNumber, fromName, receivedAt, path },
        heard: heardAt !== null,
      }));
      return [...messages.filter(({ heard }) => !heard), ...messages.filter(({ heard }) => heard)];
    });
  }

  /** The message's mailbox, where it is in this user's own; null otherwise. */
  findOwner(organisationId: string, userId: string, messageId: string): Promise<{ mailboxId: string } | null> {
    return this.database.forOrganisation(organisationId, (tx) =>
      tx.voicemailMessage.findFirst({
        where: { id: messageId, deletedAt: null, mailbox: { userId } },
        select: { mailboxId: true },
      }),
    );
  }

  /** Changes a message, if it is there, and tells the counts. */
  async change(organisationId: string, mailboxId: string, messageId: string, change: MessageChange): Promise<void> {
    const now = new Date();
    const heardAt = 'heard' in change && !change.heard ? null : now;
    const data =
      'deleted' in change
        ? { deletedAt: change.deleted ? now : null }
        : 'saved' in change
          ? { heardAt, savedAt: now, deletedAt: null }
          : { heardAt };
    await this.database.forOrganisation(organisationId, (tx) =>
      tx.voicemailMessage.updateMany({ where: { id: messageId, mailboxId }, data }),
    );
    await this.tellCounts(organisationId, mailboxId);
  }

  /** Publishes `mailbox.changed` with what the record holds now. */
  tellCounts(organisationId: string, mailboxId: string): Promise<void> {
    const before = this.telling.get(mailboxId) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(async () => {
        const told = await this.database.forOrganisation(organisationId, async (tx) => {
          const mailbox = await tx.mailbox.findUnique({ where: { id: mailboxId }, select: { userId: true } });
          return mailbox === null ? null : { userId: mailbox.userId, ...(await countIn(tx, mailboxId)) };
        });
        if (told !== null) this.bus.publish('mailbox.changed', { organisationId, mailboxId, ...told });
      })
      .finally(() => {
        if (this.telling.get(mailboxId) === turn) this.telling.delete(mailboxId);
      });
    this.telling.set(mailboxId, turn);
    return turn;
  }

  private findWhere(
    organisationId: string,
    where: { id: string } | { user: { disabledAt: null; extension: { number: string } } },
  ): Promise<MailboxInfo | null> {
    return this.database.forOrganisation(organisationId, async (tx) => {
      const row = await tx.mailbox.findFirst({ where, include: WITH_OWNER });
      if (row === null) return null;
      const { id: mailboxId, userId, pinHash, greetingPath, user } = row;
      const extension = user.extension?.number ?? null;
      return { organisationId, mailboxId, userId, pinHash, greetingPath, ownerName: user.displayName, extension };
    });
  }
}

async function countIn(tx: Tx, mailboxId: string): Promise<MailboxCounts> {
  const kept = { mailboxId, deletedAt: null };
  const newCount = await tx.voicemailMessage.count({ where: { ...kept, heardAt: null } });
  const oldCount = await tx.voicemailMessage.count({ where: { ...kept, heardAt: { not: null } } });
  return { newCount, oldCount };
}
