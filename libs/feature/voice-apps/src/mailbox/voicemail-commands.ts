import type { CommandOutput, CommandPayload, Refusal } from '@carillon/contracts';
import { Bus } from '@carillon/event-bus';
import { Shutdown } from '@carillon/service-runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Mailboxes } from './mailboxes.js';
import { Recordings } from './recordings.js';

const NOT_FOUND: Refusal = { ok: false, code: 'VOICEMAIL.NOT_FOUND', detail: 'There is no such message' };

/** What the portal and the lamps ask of mailboxes. A message in somebody else's mailbox does not exist. */
@Injectable()
export class VoicemailCommands implements OnModuleInit {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Mailboxes) private readonly mailboxes: Mailboxes,
    @Inject(Recordings) private readonly recordings: Recordings,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    const stops = [
      this.bus.handle('mailbox.counts', (payload) => this.count(payload)),
      this.bus.handle('voicemail.mark-heard', (payload) => this.markHeard(payload)),
      this.bus.handle('voicemail.delete', (payload) => this.remove(payload)),
    ];
    this.shutdown.register('voicemail commands', () => {
      for (const stop of stops) stop();
    });
  }

  private async count(asked: CommandPayload<'mailbox.counts'>): Promise<CommandOutput<'mailbox.counts'>> {
    const { organisationId, mailboxId } = asked;
    const mailbox = await this.mailboxes.find(organisationId, mailboxId);
    if (mailbox === null) return { ok: false, code: 'MAILBOX.NOT_FOUND', detail: 'There is no such mailbox' };
    return { ok: true, ...(await this.mailboxes.count(organisationId, mailboxId)) };
  }

  private async markHeard(asked: CommandPayload<'voicemail.mark-heard'>): Promise<{ ok: true } | Refusal> {
    const { organisationId, userId, voicemailMessageId, heard } = asked;
    const found = await this.mailboxes.findOwner(organisationId, userId, voicemailMessageId);
    if (found === null) return NOT_FOUND;
    await this.mailboxes.change(organisationId, found.mailboxId, voicemailMessageId, { heard });
    return { ok: true };
  }

  private async remove(asked: CommandPayload<'voicemail.delete'>): Promise<{ ok: true } | Refusal> {
    const { organisationId, userId, voicemailMessageId } = asked;
    const found = await this.mailboxes.findOwner(organisationId, userId, voicemailMessageId);
    if (found === null) return NOT_FOUND;
    await this.mailboxes.change(organisationId, found.mailboxId, voicemailMessageId, { deleted: true });
    await this.recordings.purge(organisationId, found.mailboxId, voicemailMessageId);
    return { ok: true };
  }
}
