import { randomUUID } from 'node:crypto';
import { Database, isUniqueViolation } from '@carillon/database';
import { CallId, MailboxId, OrganisationId, VoicemailMessageId } from '@carillon/domain';
import { Clock, type HealthState, Logger } from '@carillon/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { HandOver } from '../line/call-line.js';
import { inspectRecording } from './inspect-recording.js';
import { RETRY_SAVING_MS, SHORTEST_MESSAGE_MS } from './limits.js';
import { Mailboxes } from './mailboxes.js';
import { type DraftNote, RecordingFiles } from './recording-files.js';

export interface Draft {
  readonly note: DraftNote;
  /** Where media records to. */
  readonly path: string;
}

/** `later`: the file is safe, and the record will have it as soon as it can. */
export type Kept = 'kept' | 'too-short' | 'later';

/**
 * Saves recordings so that none is lost: first the file, then the row, then the news. What a crash leaves between those
 * steps is found at the next start: see `sweep`.
 */
@Injectable()
export class Recordings {
  /** Being recorded or saved: the sweep keeps its hands off. */
  private readonly active = new Set<string>();
  private lastFailure: string | undefined;
  private cancelRetry: (() => void) | undefined;
  private closed = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Mailboxes) private readonly mailboxes: Mailboxes,
    @Inject(RecordingFiles) private readonly files: RecordingFiles,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /** The health check. */
  check(): HealthState {
    return this.lastFailure === undefined ? { ok: true } : { ok: false, detail: this.lastFailure };
  }

  /** Prepares a recording. Call `keep` or `abandon` when it is over. @throws the file system's error, such as ENOSPC */
  async begin(handOver: HandOver, mailboxId: string): Promise<Draft> {
    const { organisationId, callId, caller } = handOver;
    const note: DraftNote = {
      organisationId: OrganisationId.parse(organisationId),
      mailboxId: MailboxId.parse(mailboxId),
      messageId: VoicemailMessageId.parse(randomUUID()),
      callId: CallId.parse(callId),
      ...{ fromNumber: caller.number, fromName: caller.name, fromUserId: caller.userId },
      receivedAt: new Date(this.clock.now()).toISOString(),
    };
    this.active.add(note.messageId);
    try {
      await this.files.writeNote(note);
      return { note, path: this.files.pathOf(note) };
    } catch (error) {
      this.active.delete(note.messageId);
      this.noteFailure('A recording could not be started', error);
      this.retryLater();
      throw error;
    }
  }

  /** Saves a recording that has ended, or drops it where nothing was said. Never rejects. */
  async keep({ note, path }: Draft): Promise<Kept> {
    try {
      return await this.save(note, path);
    } catch (error) {
      this.noteFailure('A recording could not be saved yet', error);
      this.retryLater();
      return 'later';
    } finally {
      this.active.delete(note.messageId);
    }
  }

  /** Throws the recording away. */
  async abandon({ note, path }: Draft): Promise<void> {
    this.active.delete(note.messageId);
    await this.files.remove(path);
  }

  /**
   * Deletes for good what was marked as deleted in the mailbox, or that one message of it: the file first, so that no
   * file is left without a row.
   */
  async purge(organisationId: string, mailboxId: string, messageId?: string): Promise<void> {
    const where = { mailboxId, deletedAt: { not: null }, ...(messageId === undefined ? {} : { id: messageId }) };
    const rows = await this.database.forOrganisation(organisationId, (tx) =>
      tx.voicemailMessage.findMany({ where, select: { id: true, path: true } }),
    );
    for (const { id, path } of rows) {
      const absolute = this.files.absolutePath(path);
      if (absolute !== null) await this.files.remove(absolute);
      await this.database.forOrganisation(organisationId, (tx) =>
        tx.voicemailMessage.deleteMany({ where: { id, deletedAt: { not: null } } }),
      );
    }
  }

  /**
   * Brings files and record together, at start and after a failure. The rule: a recording without a row is a message if
   * at least a second of it was spoken, and is deleted otherwise; a mailbox that is gone takes its files along; a row
   * marked as deleted goes, with its file.
   * @param purge also what is marked as deleted: not while somebody may still restore it by phone
   * @returns how many messages were adopted @throws {CodedError} `DATABASE.UNAVAILABLE`; the file system's errors
   */
  async sweep(purge: boolean): Promise<number> {
    let adopted = 0;
    for await (const { organisationId, mailboxId, messageIds } of this.files.list()) {
      const mailbox = await this.mailboxes.find(organisationId, mailboxId);
      if (mailbox === null) {
        await this.files.removeMailbox(organisationId, mailboxId);
        this.logger.info({ organisationId, mailboxId }, 'Removed the recordings of a mailbox that is gone');
        continue;
      }
      if (purge) await this.purge(organisationId, mailboxId);
      const idle = messageIds.filter((id) => !this.active.has(id));
      adopted += await this.adopt(organisationId, mailboxId, idle);
    }
    this.lastFailure = undefined;
    return adopted;
  }

  /** As `sweep`, tried again until it succeeds. */
  async recover(purge: boolean): Promise<void> {
    try {
      const adopted = await this.sweep(purge);
      if (adopted > 0) this.logger.info({ adopted }, 'Adopted recordings that were cut off before they were saved');
    } catch (error) {
      this.noteFailure('Recordings could not be compared with the record', error);
      this.retryLater();
    }
  }

  close(): void {
    this.closed = true;
    this.cancelRetry?.();
  }

  private async adopt(organisationId: string, mailboxId: string, messageIds: readonly string[]): Promise<number> {
    const rows = await this.database.forOrganisation(organisationId, (tx) =>
      tx.voicemailMessage.findMany({ where: { id: { in: [...messageIds] } }, select: { id: true } }),
    );
    const known = new Set(rows.map(({ id }) => id));
    let adopted = 0;
    for (const id of messageIds) {
      const found = { organisationId, mailboxId, messageId: id };
      const path = this.files.pathOf(brandIds(found));
      if (known.has(id)) {
        await this.files.removeNote(path);
        continue;
      }
      const note = (await this.files.readNote(path)) ?? unknownCaller(found, this.clock.now());
      if ((await this.save(note, path)) === 'kept') adopted += 1;
    }
    return adopted;
  }

  private async save(note: DraftNote, path: string): Promise<Kept> {
    const facts = (await inspectRecording(path)) ?? (await inspectRecording(`${path}.part`));
    if (facts === null || facts.spokenMs < SHORTEST_MESSAGE_MS) {
      await this.files.remove(path);
      return 'too-short';
    }
    await this.files.settle(path);
    const { organisationId, mailboxId, messageId, receivedAt, ...caller } = note;
    const { durationMs, sizeBytes, sha256 } = facts;
    const row = {
      durationMs,
      sizeBytes,
      sha256,
      path: this.files.relativePath(path),
      receivedAt: new Date(receivedAt),
    };
    try {
      await this.database.forOrganisation(organisationId, (tx) =>
        tx.voicemailMessage.create({ data: { id: messageId, organisationId, mailboxId, ...caller, ...row } }),
      );
    } catch (error) {
      // A retry after a lost answer: the row is there.
      if (!isUniqueViolation(error)) throw error;
    }
    await this.files.removeNote(path);
    await this.mailboxes.tellCounts(organisationId, mailboxId);
    return 'kept';
  }

  private noteFailure(sentence: string, error: unknown): void {
    this.lastFailure = sentence;
    this.logger.error({ error }, sentence);
  }

  private retryLater(): void {
    if (this.closed) return;
    this.cancelRetry?.();
    this.cancelRetry = this.clock.after(RETRY_SAVING_MS, () => void this.recover(false));
  }
}

type FoundId = { organisationId: string; mailboxId: string; messageId: string };

function brandIds({ organisationId, mailboxId, messageId }: FoundId) {
  return {
    organisationId: OrganisationId.parse(organisationId),
    mailboxId: MailboxId.parse(mailboxId),
    messageId: VoicemailMessageId.parse(messageId),
  };
}

function unknownCaller(found: FoundId, now: number): DraftNote {
  const nobody = { callId: null, fromNumber: 'unknown', fromName: null, fromUserId: null };
  return { ...brandIds(found), ...nobody, receivedAt: new Date(now).toISOString() };
}
