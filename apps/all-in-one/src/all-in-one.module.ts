import { type DynamicModule, Module } from '@nestjs/common';
import { ConferencingModule } from '@carillon/conferencing';
import { DatabaseModule, type OpenedDatabase } from '@carillon/database';
import { EventBusModule, HubTransport } from '@carillon/event-bus';
import { GatewayModule } from '@carillon/gateway';
import { IdentityModule } from '@carillon/identity';
import { MediaPlaneModule } from '@carillon/media-plane';
import { MessagingModule } from '@carillon/messaging';
import { PromptsModule } from '@carillon/prompts';
import { RuntimeModule, type RuntimeParts } from '@carillon/service-runtime';
import { SignallingModule, SignallingProcessesModule } from '@carillon/signalling';
import { VoiceAppsModule } from '@carillon/voice-apps';

/** Every feature in one process, or signalling in some of its own. */
@Module({})
export class AllInOneModule {
  static forRoot(runtime: RuntimeParts, database: OpenedDatabase): DynamicModule {
    const isShared = runtime.settings.signallingProcesses > 1;
    const hub = isShared ? new HubTransport(runtime.logger.child({ part: 'bus' })) : undefined;
    return {
      module: AllInOneModule,
      imports: [
        RuntimeModule.forRoot(runtime),
        DatabaseModule.forRoot(database),
        EventBusModule.forRoot(hub),
        IdentityModule.forRoot(),
        PromptsModule,
        MediaPlaneModule,
        hub === undefined
          ? SignallingModule
          : SignallingProcessesModule.forRoot({ hub, env: { DATABASE_URL: database.url } }),
        ConferencingModule,
        VoiceAppsModule,
        MessagingModule,
        GatewayModule,
      ],
    };
  }
}
