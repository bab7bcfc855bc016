import { Health, Shutdown } from '@carillon/service-runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Recordings } from './recordings.js';

/** At start: adopts recordings that a crash left without a row, and shows in the health check what cannot be saved. */
@Injectable()
export class RecordingRecovery implements OnApplicationBootstrap {
  constructor(
    @Inject(Recordings) private readonly recordings: Recordings,
    @Inject(Health) private readonly health: Health,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.health.register('voicemail', () => this.recordings.check());
    this.shutdown.register('voicemail recovery', () => this.recordings.close());
    await this.recordings.recover(true);
  }
}
