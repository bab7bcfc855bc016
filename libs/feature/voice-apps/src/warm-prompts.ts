import { Bus } from '@carillon/event-bus';
import { Prompts } from '@carillon/prompts';
import { Logger } from '@carillon/service-runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Mailboxes } from './mailbox/mailboxes.js';
import { PHRASES, sayCounts, sayGreeting } from './phrases.js';
import { Directory } from './run/directory.js';

/** Texts of menus and mailboxes that are spoken ahead; further ones when the first caller comes. */
const MOST_AHEAD = 100;

/** Has everything spoken before the first caller needs it, and new texts as soon as they are saved. */
@Injectable()
export class WarmPrompts implements OnApplicationBootstrap {
  constructor(
    @Inject(Prompts) private readonly prompts: Prompts,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(Mailboxes) private readonly mailboxes: Mailboxes,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.bus.subscribe('directory.changed', () => this.warmTexts());
    await this.warmTexts();
    this.prompts.warm([...Object.values(PHRASES), ...[1, 2, 3].map((count) => sayCounts(count, 0))]);
  }

  private async warmTexts(): Promise<void> {
    try {
      this.prompts.warm(await this.directory.listWelcomes(MOST_AHEAD));
      const owners = await this.mailboxes.listOwners(MOST_AHEAD);
      this.prompts.warm(owners.map((owner) => sayGreeting(owner, false)));
    } catch (error) {
      this.logger.warn({ error }, 'The texts of menus and mailboxes are not prepared');
    }
  }
}
