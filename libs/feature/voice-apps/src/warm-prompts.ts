import { Bus } from '@carillon/event-bus';
import { Prompts } from '@carillon/prompts';
import { Logger, Shutdown } from '@carillon/service-runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PHRASES, sayCounts } from './phrases.js';
import { Directory } from './run/directory.js';

/** Welcome texts that are spoken ahead; further ones when the first caller comes. */
const MOST_WELCOMES = 200;

/** Has everything spoken before the first caller needs it, and new welcome texts as soon as they are saved. */
@Injectable()
export class WarmPrompts implements OnApplicationBootstrap {
  constructor(
    @Inject(Prompts) private readonly prompts: Prompts,
    @Inject(Directory) private readonly directory: Directory,
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const stop = this.bus.subscribe('directory.changed', () => this.warmWelcomes());
    this.shutdown.register('prompts of menus', stop);
    await this.warmWelcomes();
    this.prompts.warm([...Object.values(PHRASES), ...[1, 2, 3].map((count) => sayCounts(count, 0))]);
  }

  private async warmWelcomes(): Promise<void> {
    try {
      this.prompts.warm(await this.directory.listWelcomes(MOST_WELCOMES));
    } catch (error) {
      this.logger.warn({ error }, 'The welcome texts of IVR menus are not prepared');
    }
  }
}
