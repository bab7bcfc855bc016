import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CallId, MailboxId, OrganisationId, UserId, VoicemailMessageId } from '@carillon/domain';
import { Settings } from '@carillon/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';

/** What is known of a message before it is recorded; kept beside the recording until the record has it. */
export const DraftNote = z.object({
  organisationId: OrganisationId,
  mailboxId: MailboxId,
  messageId: VoicemailMessageId,
  callId: CallId.nullable(),
  fromNumber: z.string(),
  fromName: z.string().nullable(),
  fromUserId: UserId.nullable(),
  receivedAt: z.iso.datetime(),
});
export type DraftNote = z.infer<typeof DraftNote>;

const FILE_NAME = /^([0-9a-f-]{36})\.(wav|wav\.part|json)$/;

/**
 * The files of voicemail: `<data>/voicemail/<organisation>/<mailbox>/<message>.wav`. While it is recorded the sound is in
 * `….wav.part`, and what is known of the caller in `….json`.
 */
@Injectable()
export class RecordingFiles {
  private readonly dataDir: string;
  private readonly folder: string;

  constructor(@Inject(Settings) settings: Settings) {
    this.dataDir = settings.dataDir;
    this.folder = join(settings.dataDir, 'voicemail');
  }

  pathOf(note: Pick<DraftNote, 'organisationId' | 'mailboxId' | 'messageId'>): string {
    return join(this.folder, note.organisationId, note.mailboxId, `${note.messageId}.wav`);
  }

  /** As the record holds it, so that the data directory may move. */
  relativePath(path: string): string {
    return relative(this.dataDir, path);
  }

  /** @returns null for a path that would lead out of the data directory */
  absolutePath(path: string): string | null {
    const absolute = join(this.dataDir, path);
    return relative(this.dataDir, absolute).startsWith('..') ? null : absolute;
  }

  /** The absolute path of a file that is there; null where it is not. */
  async findSound(path: string): Promise<string | null> {
    const absolute = this.absolutePath(path);
    try {
      return absolute !== null && (await stat(absolute)).isFile() ? absolute : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Makes the mailbox's folder and writes the note down for good. */
  async writeNote(note: DraftNote): Promise<void> {
    const path = this.pathOf(note);
    await mkdir(join(path, '..'), { recursive: true });
    await writeDurably(noteOf(path), JSON.stringify(note));
  }

  /** @returns null where there is none, or none that can be read */
  async readNote(path: string): Promise<DraftNote | null> {
    try {
      const note = DraftNote.safeParse(JSON.parse(await readFile(noteOf(path), 'utf8')));
      return note.success ? note.data : null;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async removeNote(path: string): Promise<void> {
    await rm(noteOf(path), { force: true });
  }

  /** Puts a recording that was cut off into its place, and makes sure that the disk has file and name. */
  async settle(path: string): Promise<void> {
    try {
      await rename(`${path}.part`, path);
    } catch (error) {
      // Closed properly: it is in its place already.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await sync(path);
    await sync(join(path, '..'));
  }

  /** Removes the recording and all that belongs to it. */
  async remove(path: string): Promise<void> {
    for (const file of [path, `${path}.part`, noteOf(path)]) await rm(file, { force: true });
  }

  async removeMailbox(organisationId: string, mailboxId: string): Promise<void> {
    await rm(join(this.folder, organisationId, mailboxId), { recursive: true, force: true });
  }

  /** Every mailbox's folder with the messages that have any file in it. Foreign files are left alone. */
  async *list(): AsyncGenerator<{ organisationId: string; mailboxId: string; messageIds: string[] }> {
    for (const organisationId of await listUuids(this.folder))
      for (const mailboxId of await listUuids(join(this.folder, organisationId))) {
        const names = await readdir(join(this.folder, organisationId, mailboxId));
        const messageIds = new Set(names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []));
        yield { organisationId, mailboxId, messageIds: [...messageIds] };
      }
  }
}

const noteOf = (path: string): string => path.replace(/\.wav$/, '.json');

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'w', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function listUuids(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => z.uuid().safeParse(name).success);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
