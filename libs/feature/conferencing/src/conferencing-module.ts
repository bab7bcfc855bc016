import { Bus } from '@carillon/event-bus';
import { PromptsModule } from '@carillon/prompts';
import { Clock, Logger, Shutdown } from '@carillon/service-runtime';
import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Announcements } from './announcements.js';
import { Conferencing } from './conferencing.js';
import { RoomDirectory } from './room-directory.js';

/** Meetings. Needs the runtime, event bus, database and identity modules. */
@Module({
  imports: [PromptsModule],
  providers: [
    RoomDirectory,
    Announcements,
    {
      provide: Conferencing,
      inject: [Bus, Clock, Logger, RoomDirectory, Announcements],
      useFactory: (bus: Bus, clock: Clock, logger: Logger, directory: RoomDirectory, announcements: Announcements) =>
        new Conferencing({ bus, clock, logger: logger.child({ part: 'conferencing' }), directory, announcements }),
    },
  ],
})
export class ConferencingModule implements OnApplicationBootstrap {
  constructor(
    @Inject(Conferencing) private readonly conferencing: Conferencing,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    this.conferencing.open();
    this.shutdown.register('conferencing', () => this.conferencing.close());
  }
}
